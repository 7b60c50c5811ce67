/* The command line: real tables, all spellings; help, completions, tables of output. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "cli/cli.h"
#include "cli/cmd-ps.h"
#include "cli/help.h"
#include "cli/suggest.h"
#include "cli/table.h"
#include "container/container.h"

enum { MOST = 24 };

/* One parse: the words of LINE, parted by single blanks, by the table of VERB. */
struct parse {
	char text[512];
	char *words[MOST], *rest[MOST];
	union {
		struct create_options create;
		struct exec_options exec;
		struct globals globals;
		char room[1024];
	} into;
	const struct option *table;
	enum options_result result;
	struct error err;
};

static void parse_with(struct parse *p, const struct option *table, bool in_order, const char *line)
{
	size_t n = 0;
	char *s;

	memset(p, 0, sizeof *p);
	p->table = table;
	snprintf(p->text, sizeof p->text, "%s", line);
	s = p->text;
	while (*line && n < MOST - 1) {
		p->words[n++] = s;
		s = strchr(s, ' ');
		if (!s)
			break;
		*s++ = '\0';
	}
	p->result = options_parse(table, in_order, &p->into, p->words, p->rest, &p->err);
	/* What was given is left alone: a re-exec needs it. */
	for (size_t i = 0, at = 0; i < n; i++, at += strlen(p->text + at) + 1)
		assert_ptr_equal(p->words[i], p->text + at);
}

static void parse(struct parse *p, const char *verb, const char *line)
{
	const struct verb *v = verb_find(verb);

	assert_non_null(v);
	assert_true(v->size <= sizeof p->into);
	parse_with(p, v->options, v->in_order, line);
}

static void done(struct parse *p)
{
	options_free(p->table, &p->into);
}

static void every_spelling_of_a_value(void **state)
{
	static const char *const lines[] = {
		"--bundle /b c", "--bundle=/b c", "-bundle /b c", "-bundle=/b c", "-b /b c", "-b=/b c",
		"--b /b c", "--b=/b c",
		"c --bundle /b", "c -b /b", "--bundle /x --bundle /b c", "-b=/x -b /b c", "--bundle /b -- c",
	};
	struct parse p;

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		parse(&p, "create", lines[i]);
		assert_int_equal(p.result, OPTIONS_DONE);
		assert_string_equal(p.into.create.bundle, "/b");
		assert_string_equal(p.rest[0], "c");
		assert_null(p.rest[1]);
		done(&p);
	}
}

static void values_may_look_like_options(void **state)
{
	struct parse p;

	(void) state;
	parse(&p, "create", "--bundle --no-pivot c");
	assert_string_equal(p.into.create.bundle, "--no-pivot");
	assert_false(p.into.create.no_pivot);
	parse(&p, "create", "--bundle=a=b c");
	assert_string_equal(p.into.create.bundle, "a=b");
	parse(&p, "create", "--bundle= c");
	assert_null(p.into.create.bundle);
	parse(&p, "create", "--bundle -- c");
	assert_string_equal(p.into.create.bundle, "--");
	assert_string_equal(p.rest[0], "c");
}

static void flags(void **state)
{
	static const struct { const char *line; bool value; } rows[] = {
		{ "--no-pivot c", true }, { "-no-pivot c", true }, { "--no-pivot=true c", true },
		{ "--no-pivot=1 c", true },
		{ "--no-pivot=T c", true }, { "--no-pivot=TRUE c", true }, { "-no-pivot=t c", true },
		{ "--no-pivot=false c", false }, { "-no-pivot=0 c", false }, { "--no-pivot=F c", false },
		{ "--no-pivot --no-pivot=false c", false }, { "--no-pivot=false --no-pivot c", true }, { "c", false },
		{ "c --no-pivot", true }, { "-- c", false },
	};
	struct parse p;

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		parse(&p, "create", rows[i].line);
		assert_int_equal(p.result, OPTIONS_DONE);
		assert_int_equal(p.into.create.no_pivot, rows[i].value);
		assert_string_equal(p.rest[0], "c");
		assert_null(p.rest[1]);
	}
	/* A flag never eats the next word. */
	parse(&p, "create", "--no-pivot false");
	assert_true(p.into.create.no_pivot);
	assert_string_equal(p.rest[0], "false");
}

static void groups_of_letters(void **state)
{
	struct parse p;

	(void) state;
	parse(&p, "exec", "-td c sh");
	assert_int_equal(p.result, OPTIONS_DONE);
	assert_true(p.into.exec.tty);
	assert_true(p.into.exec.detach);
	/* Only flags, only behind one dash, all or nothing. */
	static const char *const bad[] = { "--td c", "-tu 0 c", "-it c sh", "-dt= c", "-dd=1 c" };
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		parse(&p, "exec", bad[i]);
		assert_int_equal(p.result, OPTIONS_BAD);
		assert_false(p.into.exec.tty);
	}
}

static void lists(void **state)
{
	struct parse p;

	(void) state;
	parse(&p, "exec", "-e A=1 --env=B=2,3 -env C= -e= -c CAP_CHOWN c sh");
	assert_int_equal(p.result, OPTIONS_DONE);
	assert_string_equal(p.into.exec.env[0], "A=1");
	assert_string_equal(p.into.exec.env[1], "B=2,3");
	assert_string_equal(p.into.exec.env[2], "C=");
	assert_string_equal(p.into.exec.env[3], "");
	assert_null(p.into.exec.env[4]);
	assert_string_equal(p.into.exec.caps[0], "CAP_CHOWN");
	assert_null(p.into.exec.caps[1]);
	assert_null(p.into.exec.additional_gids);
	done(&p);
	assert_null(p.into.exec.env);
	parse(&p, "exec", "-g 1 -g 2 -g 3 -g 4 -g 5 -g 6 -g 7 -g 8 -g 9 c");
	assert_string_equal(p.into.exec.additional_gids[8], "9");
	assert_null(p.into.exec.additional_gids[9]);
	done(&p);
}

static void options_end(void **state)
{
	struct parse p;

	(void) state;
	/* exec, run, ps: at the first word; what follows is not ours. */
	parse(&p, "exec", "-t c ls -l --tty=maybe -- --help -x");
	assert_int_equal(p.result, OPTIONS_DONE);
	assert_true(p.into.exec.tty);
	static const char *const rest[] = { "c", "ls", "-l", "--tty=maybe", "--", "--help", "-x" };
	for (size_t i = 0; i < ARRAY_SIZE(rest); i++)
		assert_string_equal(p.rest[i], rest[i]);
	assert_null(p.rest[ARRAY_SIZE(rest)]);
	parse(&p, "ps", "--format json c -ef --help");
	assert_int_equal(p.result, OPTIONS_DONE);
	assert_string_equal(p.rest[1], "-ef");
	parse(&p, "run", "c --detach");
	assert_false(p.into.create.detach);
	assert_string_equal(p.rest[1], "--detach");
	/* The others take them anywhere. */
	parse(&p, "create", "c --no-pivot -- --no-new-keyring");
	assert_true(p.into.create.no_pivot);
	assert_false(p.into.create.no_new_keyring);
	assert_string_equal(p.rest[1], "--no-new-keyring");
	/* A dash alone and nothing at all are words. */
	parse(&p, "create", "- ");
	assert_string_equal(p.rest[0], "-");
	assert_string_equal(p.rest[1], "");
	parse(&p, "create", "");
	assert_int_equal(p.result, OPTIONS_DONE);
	assert_null(p.rest[0]);
}

static void numbers_are_strict(void **state)
{
	static const char *const bad[] = {
		"-1", "+1", "0x1", "1 ", "", "1a", "2147483648", "99999999999999999999", "one", "1.0",
	};
	struct parse p;
	char line[64];

	(void) state;
	parse(&p, "create", "--preserve-fds 3 c");
	assert_int_equal(p.into.create.preserve_fds, 3);
	parse(&p, "create", "--preserve-fds=2147483647 c");
	assert_int_equal(p.into.create.preserve_fds, 2147483647);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char *words[] = { line, NULL }, *rest[2];
		struct create_options options = { 0 };
		struct error err;
		snprintf(line, sizeof line, "--preserve-fds=%s", bad[i]);
		assert_int_equal(options_parse(verb_create.options, false, &options, words, rest, &err), OPTIONS_BAD);
		assert_int_equal(err.code, ERROR_USAGE);
		assert_non_null(strstr(err.message, "preserve-fds"));
		assert_int_equal(options.preserve_fds, 0);
	}
}

static void wrong_words(void **state)
{
	static const struct { const char *verb, *line, *message; } rows[] = {
		{ "create", "--bogus c", "flag provided but not defined: -bogus" },
		{ "create", "-bogus=1 c", "flag provided but not defined: -bogus" },
		{ "create", "--bundel /b c", "flag provided but not defined: -bundel (did you mean --bundle?)" },
		{ "create", "--console c", "flag provided but not defined: -console (did you mean --console-socket?)" },
		{ "exec", "-it c sh", "flag provided but not defined: -it (no flag is called -i)" },
		{ "exec", "--it c sh", "flag provided but not defined: -it" },
		{ "create", "-x c", "flag provided but not defined: -x" },
		{ "create", "--bundle", "flag needs an argument: -bundle (DIR)" },
		{ "create", "c -b", "flag needs an argument: -bundle (DIR)" },
		{ "create", "---bundle c", "bad flag syntax: ---bundle" },
		{ "create", "--=x c", "bad flag syntax: --=x" },
		{ "create", "-= c", "bad flag syntax: -=" },
		{ "create", "--no-pivot=maybe c",
		  "invalid boolean value \"maybe\" for -no-pivot: neither true nor false" },
		{ "create", "--no-pivot= c", "invalid boolean value \"\" for -no-pivot: neither true nor false" },
		{ "list", "-f yaml", "invalid format: yaml (one of table|json)" },
		{ "list", "--format=table|json", "invalid format: table|json (one of table|json)" },
		{ "list", "--format=", "invalid format:  (one of table|json)" },
		{ "start", "--bogus c", "flag provided but not defined: -bogus" },
	};
	struct parse p;

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		parse(&p, rows[i].verb, rows[i].line);
		assert_int_equal(p.result, OPTIONS_BAD);
		assert_int_equal(p.err.code, ERROR_USAGE);
		assert_string_equal(p.err.message, rows[i].message);
		done(&p);
	}
}

static void a_long_word_is_no_harm(void **state)
{
	static char word[100000] = "--";
	char *words[] = { word, NULL }, *rest[2];
	struct create_options options = { 0 };
	struct error err;

	(void) state;
	memset(word + 2, 'x', sizeof word - 3);
	assert_int_equal(options_parse(verb_create.options, false, &options, words, rest, &err), OPTIONS_BAD);
	assert_int_equal(strncmp(err.message, "flag provided but not defined: -xxx", 35), 0);
}

static void help_is_asked_for(void **state)
{
	static const char *const lines[] = {
		"--help", "-help", "-h", "--h", "--no-pivot -h c", "c --help", "--help --bogus", "--help=true",
	};
	struct parse p;

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		parse(&p, "create", lines[i]);
		assert_int_equal(p.result, OPTIONS_HELP);
	}
	parse(&p, "create", "-- --help");
	assert_int_equal(p.result, OPTIONS_DONE);
	parse(&p, "start", "--help");
	assert_int_equal(p.result, OPTIONS_HELP);
}

/* What the clients really call, word by word. */
static void calls_of_clients(void **state)
{
	struct parse p;

	(void) state;
	parse_with(&p, global_options, true,
		   "--root /run/containerd/runc/k8s.io --log /l.json --log-format json --systemd-cgroup "
		   "create --bundle /b x");
	assert_int_equal(p.result, OPTIONS_DONE);
	assert_string_equal(p.into.globals.root, "/run/containerd/runc/k8s.io");
	assert_string_equal(p.into.globals.log_format, "json");
	assert_true(p.into.globals.systemd_cgroup);
	assert_string_equal(p.rest[0], "create");
	assert_string_equal(p.rest[1], "--bundle");
	parse_with(&p, global_options, true,
		   "--log-format=json --log=/l --rootless=true --criu /sbin/criu --debug=false state x");
	assert_int_equal(p.result, OPTIONS_DONE);
	assert_string_equal(p.into.globals.rootless, "true");
	assert_false(p.into.globals.debug);
	parse_with(&p, global_options, true, "--cgroup-manager disabled --version");
	assert_int_equal(p.result, OPTIONS_DONE);
	assert_true(p.into.globals.version);
	parse(&p, "create",
	      "--bundle /b --pid-file /p --console-socket /s --no-pivot --no-new-keyring --preserve-fds 1 x");
	assert_int_equal(p.result, OPTIONS_DONE);
	assert_string_equal(p.into.create.console_socket, "/s");
	parse(&p, "exec", "--process /tmp/p --console-socket /s --detach --pid-file /p x");
	assert_int_equal(p.result, OPTIONS_DONE);
	assert_string_equal(p.into.exec.process_file, "/tmp/p");
	parse(&p, "run", "--bundle /b --keep -no-subreaper --detach x");
	assert_int_equal(p.result, OPTIONS_DONE);
	assert_true(p.into.create.no_subreaper && p.into.create.keep && p.into.create.detach);
	parse(&p, "kill", "--all x 9");
	assert_int_equal(p.result, OPTIONS_DONE);
	parse(&p, "delete", "--force x");
	assert_int_equal(p.result, OPTIONS_DONE);
	parse(&p, "list", "--format=json");
	assert_int_equal(p.result, OPTIONS_DONE);
	parse(&p, "ps", "--format table x -ef");
	assert_int_equal(p.result, OPTIONS_DONE);
}

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
			assert_true(!o->arg == (o->kind == OPTION_FLAG));
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
		{ "x", NULL }, { "", NULL }, { "zzzzzz", NULL }, { "checkpoint", NULL },
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
					     "\xc3\xa9t\xc3\xa9", "\033[31m", "" };
	auto_text t = { 0 };

	(void) state;
	table_add(&t, cells, 3, 3);
	assert_string_equal(t.s, "ID                    STATUS      OWNER\n"
				 "a-long-container-id   stop?ped    root\n"
				 "\xc3\xa9t\xc3\xa9                   ?[31m       \n");
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
		cmocka_unit_test(every_spelling_of_a_value),
		cmocka_unit_test(values_may_look_like_options),
		cmocka_unit_test(flags),
		cmocka_unit_test(groups_of_letters),
		cmocka_unit_test(lists),
		cmocka_unit_test(options_end),
		cmocka_unit_test(numbers_are_strict),
		cmocka_unit_test(wrong_words),
		cmocka_unit_test(a_long_word_is_no_harm),
		cmocka_unit_test(help_is_asked_for),
		cmocka_unit_test(calls_of_clients),
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
