/* The command line: real tables, all spellings. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "cli/cli.h"
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

static void a_toggle_knows_three_answers(void **state)
{
	static const struct { const char *line; int value; } rows[] = {
		{ "c", 0 }, { "--no-new-privs c", 1 }, { "--no-new-privs=true c", 1 }, { "--no-new-privs=F c", -1 },
		{ "--no-new-privs --no-new-privs=false c", -1 },
	};
	struct parse p;

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		parse(&p, "exec", rows[i].line);
		assert_int_equal(p.result, OPTIONS_DONE);
		assert_int_equal(p.into.exec.no_new_privs, rows[i].value);
		assert_string_equal(p.rest[0], "c");
		done(&p);
	}
	parse(&p, "exec", "--no-new-privs=maybe c");
	assert_int_equal(p.result, OPTIONS_BAD);
	done(&p);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_spelling_of_a_value),
		cmocka_unit_test(a_toggle_knows_three_answers),
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
