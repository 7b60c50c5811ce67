/* What the command line tells: help, completions, suggestions, tables of output. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "cli/cli.h"
#include "cli/cmd-ps.h"
#include "cli/help-shell.h"
#include "cli/suggest.h"
#include "cli/table.h"
#include "container/container.h"

enum { MOST = 24 };

static void tables_are_well_formed(void **state)
{
	const struct option *tables[MOST] = { global_options };
	size_t n = 1;

	(void) state;
	for (const struct verb *const *v = verbs; *v; v++) {
		assert_non_null((*v)->run);
		assert_ptr_equal(verb_find((*v)->name), *v);
		assert_true((*v)->group && (*v)->args && (*v)->about && (*v)->about[0]);
		assert_true((*v)->summary[0] >= 'a' && (*v)->summary[strlen((*v)->summary) - 1] != '.');
		assert_true((*v)->max < 0 || (*v)->min <= (*v)->max);
		assert_true(!(*v)->options || (*v)->size);
		if ((*v)->options)
			tables[n++] = (*v)->options;
	}
	for (size_t i = 0; i < n; i++)
		for (const struct option *o = tables[i]; o->kind; o++) {
			size_t length = strlen(o->name);
			assert_true(length > 1);
			assert_true(!o->arg == option_is_flag(o));
			assert_true(!o->help || (o->help[0] && o->help[strlen(o->help) - 1] != '.'));
			/* Each name and letter is there once, and not the help's. */
			assert_ptr_equal(option_find(tables[i], o->name, length), o);
			assert_true(!o->letter || option_find(tables[i], &o->letter, 1) == o);
			assert_true(o->letter != 'h' && strcmp(o->name, "help"));
			assert_true(i == 0 || o->kind != OPTION_CHOICE || strchr(o->arg, '|'));
		}
}

static void every_verb_has_its_page(void **state)
{
	char path[64];

	(void) state;
	if (access("man/ctr-run.md", F_OK) < 0)
		skip();
	for (const struct verb *const *v = verbs; *v; v++) {
		snprintf(path, sizeof path, "man/%s.md", (*v)->name);
		assert_int_equal(access(path, R_OK), 0);
	}
}

static void help_tells_every_option(void **state)
{
	void (*const printers[])(const struct verb *, struct text *) = { help_text, help_json, help_man };

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(printers); i++)
		for (const struct verb *const *v = verbs; *v; v++) {
			auto_text t = { 0 };
			printers[i](*v, &t);
			for (const struct option *o = (*v)->options; o && o->kind; o++) {
				char name[64];
				size_t n = 0;
				/* Understood for the sake of old callers, not offered. */
				if (!o->help)
					continue;
				/* The man page has its minuses escaped. */
				for (const char *s = o->name; *s; s++) {
					if (printers[i] == help_man && *s == '-')
						name[n++] = '\\';
					name[n++] = *s;
				}
				name[n] = '\0';
				assert_non_null(strstr(t.s, name));
			}
		}
}

static void help_fits_a_terminal(void **state)
{
	(void) state;
	for (const struct verb *const *v = verbs;; v++) {
		auto_text t = { 0 };
		help_text(*v, &t);
		for (char *line = t.s; *line; line += strcspn(line, "\n") + 1) {
			size_t n = strcspn(line, "\n");
			assert_true(n <= 80 && (n == 0 || line[n - 1] != ' '));
		}
		if (!*v)
			break;
	}
}

static void completions_know_every_verb(void **state)
{
	void (*const printers[])(struct text *) = { help_bash, help_zsh, help_fish };

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(printers); i++) {
		auto_text t = { 0 };
		printers[i](&t);
		for (const struct verb *const *v = verbs; *v; v++)
			assert_non_null(strstr(t.s, (*v)->name));
		assert_non_null(strstr(t.s, "console-socket"));
		assert_non_null(strstr(t.s, "table json"));
		assert_null(strstr(t.s, "Version"));
	}
}

static void words_of_arguments(void **state)
{
	const char *args = "ID [PROGRAM [ARGUMENT...]]";
	char word[16];

	(void) state;
	assert_true(help_next_arg(&args, word, sizeof word));
	assert_string_equal(word, "ID");
	assert_true(help_next_arg(&args, word, sizeof word));
	assert_string_equal(word, "PROGRAM");
	assert_true(help_next_arg(&args, word, sizeof word));
	assert_string_equal(word, "ARGUMENT");
	assert_false(help_next_arg(&args, word, sizeof word));
	assert_int_equal(help_offer("table|json"), OFFER_CHOICE);
	assert_int_equal(help_offer("DIR"), OFFER_DIR);
	assert_int_equal(help_offer(NULL), OFFER_NOTHING);
	assert_true(option_offers("table|json", "json"));
	assert_false(option_offers("table|json", "jso"));
	assert_false(option_offers("table|json", ""));
	assert_false(option_offers("table|json", "table|json"));
}

static const char *nearest(const char *typed)
{
	struct suggestion best = { 0 };

	for (const struct verb *const *v = verbs; *v; v++)
		suggestion_try(&best, typed, strlen(typed), (*v)->name);
	return best.word;
}

static void suggestions(void **state)
{
	static const struct { const char *typed, *meant; } rows[] = {
		{ "creat", "create" }, { "crate", "create" }, { "sate", "state" }, { "strat", "start" },
		{ "delte", "delete" },
		{ "lst", "list" }, { "eexc", "exec" }, { "explian", "explain" }, { "fe", "features" },
		{ "lsit", "list" },
		{ "x", NULL }, { "", NULL }, { "zzzzzz", NULL }, { "hibernate", NULL },
		{ "a-very-long-word-that-nobody-would-ever-type-by-chance-for-a-command", NULL },
	};
	struct error err;

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *word = nearest(rows[i].typed);
		assert_true(rows[i].meant ? word && !strcmp(word, rows[i].meant) : !word);
	}
	assert_int_equal(verb_unknown("creat", &err), -1);
	assert_string_equal(err.message, "unknown command \"creat\" (did you mean \"create\"?)");
	assert_int_equal(err.code, ERROR_USAGE);
}

static void state_root(void **state)
{
	static const struct { const char *given, *settled; } rows[] = {
		{ "/run/x", "/run/x" }, { "/run//x/./y/../", "/run/x" }, { "/", NULL }, { "//", NULL }, { "/..", NULL },
		{ "/a/..", NULL },
	};
	struct globals g = { 0 };
	struct error err;

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		g = (struct globals) { .root = rows[i].given };
		assert_int_equal(globals_settle(&g, &err), rows[i].settled ? 0 : -1);
		if (rows[i].settled)
			assert_string_equal(g.root, rows[i].settled);
		else
			assert_string_equal(err.message, "Option --root argument should not be set to /");
		assert_true(g.root_given);
		globals_free(&g);
	}
	assert_int_equal(chdir("/usr"), 0);
	g = (struct globals) { .root = "a/b" };
	assert_int_equal(globals_settle(&g, &err), 0);
	assert_string_equal(g.root, "/usr/a/b");
	globals_free(&g);
	unsetenv("XDG_RUNTIME_DIR");
	g = (struct globals) { 0 };
	assert_int_equal(globals_settle(&g, &err), 0);
	assert_string_equal(g.root, "/run/ctr-run");
	assert_false(g.root_given || g.root_private);
	globals_free(&g);
	if (geteuid() == 0) {
		/* Root's state stays where it is, whatever session it was called from. */
		setenv("XDG_RUNTIME_DIR", "/run/user/0", 1);
		setenv("USER", "root", 1);
		g = (struct globals) { 0 };
		assert_int_equal(globals_settle(&g, &err), 0);
		assert_string_equal(g.root, "/run/ctr-run");
		globals_free(&g);
	}
}

static void other_globals(void **state)
{
	static const struct { struct globals given; bool good, systemd, disabled; } rows[] = {
		{ { .systemd_cgroup = true }, true, true, false },
		{ { .cgroup_manager = "systemd" }, true, true, false },
		{ { .cgroup_manager = "cgroupfs" }, true, false, false },
		{ { .cgroup_manager = "disabled", .systemd_cgroup = true }, true, false, true },
		{ { .rootless = "auto" }, true, false, false },
		{ { .rootless = "true" }, true, false, false },
		{ { .rootless = "maybe" }, false, false, false },
	};

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct globals g = rows[i].given;
		struct error err = { 0 };
		assert_int_equal(globals_settle(&g, &err), rows[i].good ? 0 : -1);
		if (rows[i].good)
			assert_true(g.systemd_cgroup == rows[i].systemd && g.cgroup_disabled == rows[i].disabled);
		globals_free(&g);
	}
}

static void columns(void **state)
{
	static const char *const cells[] = { "ID", "STATUS", "OWNER", "a-long-container-id", "stop\nped", "root",
					     "\xc3\xa9t\xc3\xa9", "\033[31\xc2\x9b\t", "" };
	auto_text t = { 0 };

	(void) state;
	table_add(&t, cells, 3, 3);
	assert_string_equal(t.s, "ID                    STATUS      OWNER\n"
				 "a-long-container-id   stop?ped    root\n"
				 "\xc3\xa9t\xc3\xa9                   ?[31??      \n");
	/* runc prints this for no containers. */
	static const char *const titles[] = { "ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER" };
	text_free(&t);
	table_add(&t, titles, 1, 6);
	assert_string_equal(t.s, "ID          PID         STATUS      BUNDLE      CREATED     OWNER\n");
}

static void lines_of_ps(void **state)
{
	static const pid_t pids[] = { 7, 42 };
	static const struct { const char *table, *left; } rows[] = {
		{ "UID        PID  PPID CMD\nroot         7     1 sh\nroot        70     7 42\n"
		  "root        42     7 x y\n",
		  "UID        PID  PPID CMD\nroot         7     1 sh\nroot        42     7 x y\n" },
		{ "  PID\n    7\n   42\n 4242\n", "  PID\n    7\n   42\n" },
		{ "PID CMD\n42 no newline", "PID CMD\n42 no newline" },
		{ "PID CMD\n\n42\n   \n", "PID CMD\n42\n" },
		{ "CMD PID\nx 42y\nx -42\nx 0042\nx 99999999999999999999\nx\n", "CMD PID\nx 0042\n" },
		{ "PID PID\n7 1\n", "PID PID\n7 1\n" },
		{ "TPID CMD\n7 x\n", NULL }, { "pid\n7\n", NULL }, { "", NULL }, { "\nPID\n7\n", NULL },
	};

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_text t = { 0 };
		struct error err;
		assert_int_equal(ps_filter(rows[i].table, pids, ARRAY_SIZE(pids), &t, &err), rows[i].left ? 0 : -1);
		if (rows[i].left)
			assert_string_equal(t.s, rows[i].left);
	}
}

static void the_version_is_what_dockerd_reads(void **state)
{
	auto_text t = { 0 };

	(void) state;
	version_text(&t);
	assert_int_equal(strncmp(t.s, "ctr-run version ", 16), 0);
	assert_non_null(strstr(t.s, "\ncommit: "));
	assert_non_null(strstr(t.s, "\nspec: 1.3.0\n"));
	assert_non_null(strstr(t.s, "\nlibseccomp: "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_well_formed),
		cmocka_unit_test(every_verb_has_its_page),
		cmocka_unit_test(help_tells_every_option),
		cmocka_unit_test(help_fits_a_terminal),
		cmocka_unit_test(completions_know_every_verb),
		cmocka_unit_test(words_of_arguments),
		cmocka_unit_test(suggestions),
		cmocka_unit_test(other_globals),
		cmocka_unit_test(columns),
		cmocka_unit_test(lines_of_ps),
		cmocka_unit_test(the_version_is_what_dockerd_reads),
		cmocka_unit_test(state_root),	/* last: it changes the environment and the directory */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
