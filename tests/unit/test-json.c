/* JSON to structs and back: what is read, what is refused and where, stable to the byte. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "libocispec/arena.h"
#include "libocispec/json-inner.h"
#include "libocispec/ocispec.h"

/* ---- helpers ------------------------------------------------------------- */

static struct arena arena;
static struct json_faults faults;

static int fresh(void **state)
{
	(void) state;
	faults = (struct json_faults) { .arena = &arena };
	return 0;
}

static int clean(void **state)
{
	(void) state;
	arena_free(&arena);
	return 0;
}

static struct oci_config *read_n(const char *text, size_t n)
{
	char *copy = malloc(n ? n : 1);	/* of the exact size: the sanitizer sees a byte too many */
	struct oci_config *config;

	memcpy(copy, text, n);
	fresh(NULL);
	config = json_read(&arena, &oci_config_type, copy, n, &faults);
	free(copy);
	return config;
}

static struct oci_config *read_text(const char *text)
{
	return read_n(text, strlen(text));
}

/* There is exactly one fault; it lies where TEXT has an "@", and it is "POINTER MESSAGE". */
static void assert_fault(const char *marked, const char *wanted)
{
	auto_free char *text = xstrdup(marked);
	char *mark = strchr(text, '@');
	unsigned line = 1, column = 1;
	char got[700] = "none";

	assert_non_null(mark);
	for (const char *c = text; c < mark; c++) {
		line += *c == '\n';
		column = *c == '\n' ? 1 : column + 1;
	}
	memmove(mark, mark + 1, strlen(mark));
	read_text(text);
	if (faults.n)
		snprintf(got, sizeof got, "%s %s", faults.list[0].pointer, faults.list[0].message);
	assert_string_equal(got, wanted);
	assert_int_equal(faults.n, 1);
	assert_int_equal(faults.list[0].line, line);
	assert_int_equal(faults.list[0].column, column);
}

static void assert_reads(const char *text)
{
	struct oci_config *config = read_text(text);

	if (faults.n)
		FAIL("%s: %s", faults.list[0].pointer, faults.list[0].message);
	assert_non_null(config);
}

#define V "{\"ociVersion\":\"1.3.0\","

/* ---- reading ------------------------------------------------------------- */

static void members_of_every_kind_are_read(void **state)
{
	const char *text = V "\"root\":{\"path\":\"r\",\"readonly\":true},"
		"\"process\":{\"cwd\":\"/\",\"args\":[\"a\",\"b\"],\"user\":{\"uid\":4294967295,\"additionalGids\":[1,2,3]},"
		"\"oomScoreAdj\":-5,\"rlimits\":[{\"type\":\"RLIMIT_CORE\",\"soft\":0,\"hard\":18446744073709551615}]},"
		"\"annotations\":{\"k\":\"v\",\"k2\":\"\"},"
		"\"linux\":{\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"mount\",\"path\":\"/x\"}],"
		"\"timeOffsets\":{\"boottime\":{\"secs\":-9223372036854775808}},"
		"\"resources\":{\"blockIO\":{\"weight\":65535}}}}";
	struct oci_config *c = read_text(text);

	(void) state;
	assert_non_null(c);
	assert_int_equal(faults.n, 0);
	assert_string_equal(c->oci_version, "1.3.0");
	assert_true(c->root->readonly);
	assert_int_equal(c->process->n_args, 2);
	assert_string_equal(c->process->args[1], "b");
	assert_true(c->process->user->has_uid);
	assert_false(c->process->user->has_gid);
	assert_int_equal(c->process->user->uid, UINT32_MAX);
	assert_int_equal(c->process->user->n_additional_gids, 3);
	assert_int_equal(c->process->user->additional_gids[2], 3);
	assert_int_equal(c->process->oom_score_adj, -5);
	assert_true(c->process->rlimits[0].hard == UINT64_MAX);
	assert_string_equal(json_map_get(&c->annotations, "k"), "v");
	assert_string_equal(json_map_get(&c->annotations, "k2"), "");
	assert_null(json_map_get(&c->annotations, "k3"));
	assert_int_equal(c->linux->namespaces[1].type, OCI_NAMESPACE_TYPE_MOUNT);
	assert_string_equal(c->linux->namespaces[1].path, "/x");
	assert_true(((struct oci_time_offset *) c->linux->time_offsets.values[0])->secs == INT64_MIN);
	assert_int_equal(c->linux->resources->block_io->weight, 65535);
}

static void numbers_may_be_spelt_as_json_allows(void **state)
{
	static const struct { const char *text; long long value; } good[] = {
		{ "0", 0 }, { "-0", 0 }, { "-0.0", 0 }, { "0e5", 0 }, { "0.0e-9999999999", 0 }, { "1.0", 1 }, { "1e3", 1000 },
		{ "1E+3", 1000 }, { "1000e-3", 1 }, { "10.50e1", 105 }, { "-1.5e1", -15 }, { "2147483647", INT32_MAX },
		{ "-2147483648", INT32_MIN }, { "-2147483648.000", INT32_MIN }, { "0.000001e6", 1 },
	};
	static const char *const fraction[] = { "1.5", "1e-1", "0.1", "12345678901234567890123.5", "-0.5" };
	static const char *const big[] = { "2147483648", "-2147483649", "1e10", "1e400", "1e99999999999999999999",
					   "123456789012345678901234567890" };
	char text[200], wanted[200];

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		snprintf(text, sizeof text, V "\"process\":{\"cwd\":\"/\",\"oomScoreAdj\":%s}}", good[i].text);
		assert_reads(text);
		assert_int_equal(read_text(text)->process->oom_score_adj, good[i].value);
	}
	for (size_t i = 0; i < ARRAY_SIZE(fraction); i++) {
		snprintf(text, sizeof text, V "\"process\":{\"cwd\":\"/\",\"oomScoreAdj\":@%s}}", fraction[i]);
		snprintf(wanted, sizeof wanted,
			 "/process/oomScoreAdj %s is not a whole number (expected -2147483648 to 2147483647)", fraction[i]);
		assert_fault(text, wanted);
	}
	for (size_t i = 0; i < ARRAY_SIZE(big); i++) {
		snprintf(text, sizeof text, V "\"process\":{\"cwd\":\"/\",\"oomScoreAdj\":@%s}}", big[i]);
		snprintf(wanted, sizeof wanted,
			 "/process/oomScoreAdj %s is out of range (expected -2147483648 to 2147483647)", big[i]);
		assert_fault(text, wanted);
	}
}

static void unsigned_numbers_have_64_bits(void **state)
{
	struct oci_config *c = read_text(V "\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":"
		"[\"clone\"],\"action\":\"SCMP_ACT_ERRNO\",\"args\":[{\"index\":0,\"value\":18446744073709551615,"
		"\"valueTwo\":9223372036854775809,\"op\":\"SCMP_CMP_MASKED_EQ\"}]}]}}}");

	(void) state;
	assert_int_equal(faults.n, 0);
	assert_true(c->linux->seccomp->syscalls[0].args[0].value == UINT64_MAX);
	assert_true(c->linux->seccomp->syscalls[0].args[0].value_two == 9223372036854775809u);
	assert_fault(V "\"process\":{\"cwd\":\"/\",\"rlimits\":[{\"type\":\"x\",\"soft\":@18446744073709551616,\"hard\":0}]}}",
		     "/process/rlimits/0/soft 18446744073709551616 is out of range (expected 0 to 18446744073709551615)");
	assert_fault(V "\"process\":{\"cwd\":\"/\",\"user\":{\"uid\":@-1}}}",
		     "/process/user/uid -1 is out of range (expected 0 to 4294967295)");
}

static void null_is_not_given(void **state)
{
	struct oci_config *c;

	(void) state;
	c = read_text(V "\"process\":null,\"hostname\":null,\"mounts\":null,\"annotations\":null}");
	assert_int_equal(faults.n, 0);
	assert_null(c->process);
	assert_null(c->mounts);
	assert_null(c->annotations.keys);
	assert_fault("{\"ociVersion\":@null}", "/ociVersion expected a string, found null");
	assert_fault(V "\"process\":{\"cwd\":\"/\",\"args\":[@null]}}", "/process/args/0 expected a string, found null");
	assert_fault(V "\"annotations\":{\"a\":@null}}", "/annotations/a expected a string, found null");
}

static void empty_is_not_absent(void **state)
{
	struct oci_config *c = read_text(V "\"mounts\":[],\"annotations\":{}}");

	(void) state;
	assert_non_null(c->mounts);
	assert_int_equal(c->n_mounts, 0);
	assert_non_null(c->annotations.keys);
	assert_null(c->hooks);
	assert_reads(V "\"linux\":{\"rootfsPropagation\":\"\"}}");	/* Go's way not to say anything */
}

static void unknown_members_are_ignored(void **state)
{
	struct oci_config *c = read_text("{\"x\":1,\"ociVersion\":\"1.3.0\",\"y\":{\"a\":[{\"ociVersion\":5}],\"b\":{}},\"windows\":"
					 "{\"layerFolders\":[]},\"hostname\":\"h\",\"Hostname\":\"H\"}");

	(void) state;
	assert_int_equal(faults.n, 0);
	assert_string_equal(c->oci_version, "1.3.0");
	assert_string_equal(c->hostname, "h");
}

static void escapes_are_decoded(void **state)
{
	struct oci_config *c = read_text(V "\"host\\u006eame\":\"\\u00e9\\n\\ud83d\\ude00\\/\"}");

	(void) state;
	assert_int_equal(faults.n, 0);
	assert_string_equal(c->hostname, "\xc3\xa9\n\xf0\x9f\x98\x80/");
}

/* ---- faults -------------------------------------------------------------- */

static void values_of_the_wrong_kind_are_named(void **state)
{
	(void) state;
	assert_fault(V "\"hostname\":@5}", "/hostname expected a string, found a number");
	assert_fault(V "\"hostname\":@true}", "/hostname expected a string, found true");
	assert_fault(V "\"hostname\":@[\"a\",{\"b\":1}]}", "/hostname expected a string, found an array");
	assert_fault(V "\"mounts\":@{\"a\":[{}]}}", "/mounts expected an array, found an object");
	assert_fault(V "\"mounts\":@\"x\"}", "/mounts expected an array, found the string \"x\"");
	assert_fault(V "\"mounts\":[@[]]}", "/mounts/0 expected an object, found an array");
	assert_fault(V "\"root\":@\"a\\n\"}", "/root expected an object, found the string \"a\\u000a\"");
	assert_fault(V "\"annotations\":@[]}", "/annotations expected an object, found an array");
	assert_fault(V "\"root\":{\"path\":\"x\",\"readonly\":@\"yes\"}}",
		     "/root/readonly expected true or false, found the string \"yes\"");
	assert_fault(V "\"process\":{\"cwd\":\"/\",\"oomScoreAdj\":@\"5\"}}",
		     "/process/oomScoreAdj expected a number, found the string \"5\"");
	assert_fault(V "\"linux\":{\"sysctl\":{\"a/b~c\":@5}}}", "/linux/sysctl/a~1b~0c expected a string, found a number");
}

static void unknown_words_come_with_the_known_ones(void **state)
{
	(void) state;
	assert_fault(V "\"linux\":{\"namespaces\":[{\"type\":\"pid\"},{\"type\":@\"bogus\"}]}}",
		     "/linux/namespaces/1/type \"bogus\" is not one of pid, network, mount, ipc, uts, user, cgroup, time");
	assert_fault(V "\"linux\":{\"namespaces\":[{\"type\":@\"\"}]}}",
		     "/linux/namespaces/0/type \"\" is not one of pid, network, mount, ipc, uts, user, cgroup, time");
}

static void missing_members_are_named(void **state)
{
	(void) state;
	assert_fault("@{}", "/ociVersion is missing (expected a string)");
	assert_fault(V "\n \"process\": @{}}", "/process/cwd is missing (expected a string)");
	assert_fault(V "\"linux\":{\"uidMappings\":[@{\"containerID\":0,\"size\":1}]}}",
		     "/linux/uidMappings/0/hostID is missing (expected a number)");
}

static void all_faults_are_found_at_once(void **state)
{
	struct oci_config *c = read_text(V "\n\"hostname\": 5,\n\"mounts\": [1, {\"destination\": \"/a\"}, {}],\n"
					   "\"process\": {\"args\": [\"a\", 7, \"c\"]}}");
	static const struct { unsigned line, column; const char *pointer; } wanted[] = {
		{ 2, 13, "/hostname" }, { 3, 12, "/mounts/0" }, { 3, 38, "/mounts/2/destination" }, { 4, 27, "/process/args/1" },
		{ 4, 12, "/process/cwd" },
	};

	(void) state;
	assert_non_null(c);
	assert_int_equal(faults.n, ARRAY_SIZE(wanted));
	for (size_t i = 0; i < faults.n; i++) {
		assert_string_equal(faults.list[i].pointer, wanted[i].pointer);
		assert_int_equal(faults.list[i].line, wanted[i].line);
		assert_int_equal(faults.list[i].column, wanted[i].column);
	}
	/* What was refused keeps its place, so that pointers of later checks count right. */
	assert_int_equal(c->n_mounts, 3);
	assert_string_equal(c->mounts[1].destination, "/a");
	assert_int_equal(c->process->n_args, 3);
	assert_null(c->process->args[1]);
	assert_string_equal(c->process->args[2], "c");
}

static void faults_are_capped(void **state)
{
	auto_text text = { 0 };

	(void) state;
	text_add(&text, V "\"mounts\":[1");
	for (int i = 0; i < 200; i++)
		text_add(&text, ",1");
	assert_null(read_text(text.s));
	assert_int_equal(faults.n, JSON_MAX_FAULTS);
}

static void doubled_keys_are_refused(void **state)
{
	(void) state;
	assert_fault(V "\"hostname\":\"a\",\n@\"hostname\":\"b\"}", "/hostname the key is given twice");
	assert_fault(V "\"hostname\":null,@\"hostname\":\"b\"}", "/hostname the key is given twice");
	assert_fault(V "\"annotations\":{\"a\":\"\",@\"\\u0061\":\"\"}}", "/annotations/a the key is given twice");
	assert_fault(V "\"x\":1,@\"x\":{\"y\":[]}}", "/x the key is given twice");
	assert_fault(V "\"x\":[{\"y\":1},{\"y\":1,\"z\":{},@\"y\":2}]}", "/x/1/y the key is given twice");
	assert_string_equal(read_text(V "\"hostname\":\"a\",\"hostname\":\"b\"}")->hostname, "a");
}

static void many_keys_are_no_bomb(void **state)
{
	auto_text text = { 0 };

	(void) state;
	text_add(&text, V "\"annotations\":{\"x\":\"\"");
	for (int i = 0; i < 200000; i++)
		text_addf(&text, ",\"%d\":\"\"", i);
	text_add(&text, ",\"7\":\"\"}}");
	read_text(text.s);
	assert_int_equal(faults.n, 1);
	assert_string_equal(faults.list[0].pointer, "/annotations/7");
}

static void nul_in_a_string_is_refused(void **state)
{
	(void) state;
	assert_fault(V "\"hostname\":@\"a\\u0000b\"}", "/hostname \\u0000 is not allowed in a string");
	assert_fault(V "\"mounts\":[{\"destination\":@\"\\u0000\"}]}", "/mounts/0/destination \\u0000 is not allowed in a string");
	assert_fault(V "@\"hostname\\u0000\":\"a\"}", "/hostname \\u0000 is not allowed in a string");
	assert_fault(V "\"linux\":{\"namespaces\":[{\"type\":@\"pid\\u0000\"}]}}",
		     "/linux/namespaces/0/type \\u0000 is not allowed in a string");
	assert_fault(V "\"x\":[{\"y\":@\"\\u0000\"}]}", "/x/0/y \\u0000 is not allowed in a string");
	assert_fault(V "\"annotations\":{@\"\\u0000\":\"\"}}", "/annotations/ \\u0000 is not allowed in a string");
	assert_reads(V "\"hostname\":\"a\\\\u0000b\"}");
}

static void half_surrogates_are_refused(void **state)
{
	static const char *const bad[] = { "\\ud800", "\\udc00", "\\ud800x", "\\ud800\\n", "\\ud800\\u0041", "\\ud800\\ud800\\udc00" };
	char text[100];

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(text, sizeof text, V "\"hostname\":@\"%s\"}", bad[i]);
		assert_fault(text, "/hostname half of a surrogate pair (\\ud800 to \\udfff) in a string");
	}
}

static void depth_is_bounded(void **state)
{
	char text[300];

	(void) state;
	snprintf(text, sizeof text, V "\"x\":%.31s%.31s}", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
	assert_reads(text);
	snprintf(text, sizeof text, V "\"hostname\":%.40s", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[");
	assert_null(read_text(text));
	assert_int_equal(faults.n, 2);	/* the wrong kind, and the depth */
	assert_string_equal(faults.list[1].message, "nested deeper than 32 levels");
	assert_int_equal(faults.list[1].column, 34 + 31);
}

static void syntax_faults_have_their_place(void **state)
{
	static const struct { const char *text, *wanted; } cases[] = {
		{ "@", " not valid JSON: the text is empty" },
		{ " \n@", " not valid JSON: the text ends too early" },
		{ V "\n\"root\":{\"path\":@", "/root/path not valid JSON: the text ends too early" },
		{ V "\"hostname\":\"abc@", "/hostname not valid JSON: the text ends too early" },
		{ V "@}", " not valid JSON: expected a key in double quotes, found \"}\"" },
		{ V "\"hostname\":\"a\"} @{}", " not valid JSON: there is more after the end of the object, found \"{\"" },
		{ V "@hostname:1}", " not valid JSON: expected a value or a key in double quotes, found \"h\"" },
		{ V "\"hostname\" @\"a\"}", "/hostname not valid JSON: expected \":\" after the key, found \"\\\"\"" },
		{ V "\"hostname\":\"a\" @\"b\"}", " not valid JSON: expected \",\" or \"}\", found \"\\\"\"" },
		{ V "\"hostname\":\"\"@1}", " not valid JSON: expected \",\" or \"}\", found \"1\"" },
		{ V "\"root\":{\"path\":\"a\"  @{", "/root not valid JSON: expected \",\" or \"}\", found \"{\"" },
		{ V "\"mounts\":[{\"destination\":\"a\"} @12]}", "/mounts/1 not valid JSON: expected \",\" or \"]\", found \"1\"" },
		{ V "\"mounts\":[@,]}", "/mounts/0 not valid JSON: expected a value, found \",\"" },
		{ V "\"mounts\":@tru}", "/mounts not valid JSON: expected true, false or null, found \"t\"" },
		{ V "\"mounts\":@'a'}", "/mounts not valid JSON: expected a value or a key in double quotes, found \"'\"" },
		{ V "@// x\n}", " not valid JSON: comments are not part of it, found \"/\"" },
		{ V "\"hostname\":\"a@\nb\"}",
		  "/hostname not valid JSON: a control character in a string (is a quote missing?), found \"\\u000a\"" },
		{ V "\"hostname\":\"@\\q\"}",
		  "/hostname not valid JSON: a backslash before a character that it cannot escape, found \"\\\\\"" },
		{ V "\"x\":0@1}", " not valid JSON: expected \",\" or \"}\", found \"1\"" },
		{ V "\"x\":-@}", "/x not valid JSON: a number without its digits, found \"}\"" },
		{ "@[1]", " expected an object, found an array" },
		{ "@7", " expected an object, found a number" },
		{ " @\"a\\\"b\"", " expected an object, found the string \"a\\\"b\"" },
		{ "@null", " expected an object, found null" },
	};

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_fault(cases[i].text, cases[i].wanted);
	}
}

static void a_syntax_fault_is_the_last_of_several(void **state)
{
	(void) state;
	assert_null(read_text(V "\"hostname\":5,\"domainname\":6,]"));
	assert_int_equal(faults.n, 3);
	assert_string_equal(faults.list[0].pointer, "/hostname");
	assert_string_equal(faults.list[2].message, "not valid JSON: expected a key in double quotes, found \"]\"");
}

static void bytes_that_are_no_text_are_refused(void **state)
{
	static const struct { const char *text; size_t n; const char *message; unsigned column; } cases[] = {
		{ "\xef\xbb\xbf{}", 5, "the text begins with a byte order mark (save it as UTF-8 without one)", 1 },
		{ "\xff\xfe{\0}\0", 6, "the byte 0xff is not UTF-8", 1 },
		{ "{\"a\":\"\xc0\x80\"}", 10, "the byte 0xc0 is not UTF-8", 7 },
		{ "{\"a\":\"\xed\xa0\x80\"}", 11, "the byte 0xed is not UTF-8", 7 },
		{ "{\"a\":\"\xf4\x90\x80\x80\"}", 12, "the byte 0xf4 is not UTF-8", 7 },
		{ "{\"a\":\"\xe2\x82", 8, "the byte 0xe2 is not UTF-8", 7 },
		{ "{\"a\":\"r\xfcnc\"}", 12, "the byte 0xfc is not UTF-8", 8 },
		{ "{}\f\n", 4, "not valid JSON: a control character", 3 },
		{ "{\0}", 3, "not valid JSON: expected a value or a key in double quotes, found \"\\u0000\"", 2 },
		{ "{\"a\0\":1}", 8, "not valid JSON: a control character in a string (is a quote missing?), found \"\\u0000\"", 4 },
	};

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_null(read_n(cases[i].text, cases[i].n));
		assert_int_equal(faults.n, 1);
		assert_string_equal(faults.list[0].message, cases[i].message);
		assert_int_equal(faults.list[0].column, cases[i].column);
	}
	assert_reads(V "\"hostname\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"}");
}

/* ---- places -------------------------------------------------------------- */

static void faults_lie_where_locate_finds_them(void **state)
{
	static const char *const texts[] = {
		V "\"process\":{\"env\":[\"a\\\"b\",{\"c\":[]},\"\\\\\",5]}}",
		V "\"annotations\": { \"a\\/b\" : true, \"\\u007e\":-1.5e3,\n\t\"\xc3\xa9\" :[\"\"] }}",
		V "\"linux\":{\"resources\":{\"rdma\":{\"x\":{\"hcaHandles\":-1},\"y\":[]},\"devices\":[{},{\"allow\":1}]}}}",
		V "\"root\" : \"a\" }",
	};
	unsigned line, column;

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		read_text(texts[i]);
		assert_true(faults.n > 0);
		for (size_t k = 0; k < faults.n; k++) {
			assert_true(json_locate(texts[i], strlen(texts[i]), faults.list[k].pointer, &line, &column));
			assert_int_equal(line, faults.list[k].line);
			assert_int_equal(column, faults.list[k].column);
		}
	}
}

static void locate_finds_values_or_their_parents(void **state)
{
	static const char text[] = " {\"a\": {\"b\": [1, {\"c\" : \"x}]\"}, null],\n\"d\\ud83d\\ude00~/\": 5}, \"\": 1}";
	static const struct { const char *pointer; unsigned line, column; } cases[] = {
		{ "", 1, 2 }, { "/a", 1, 8 }, { "/a/b", 1, 14 }, { "/a/b/0", 1, 15 }, { "/a/b/1", 1, 18 }, { "/a/b/1/c", 1, 25 },
		{ "/a/b/2", 1, 33 }, { "/a/b/3", 1, 14 }, { "/a/b/x/y", 1, 14 }, { "/a/d\xf0\x9f\x98\x80~0~1", 2, 20 },
		{ "/", 2, 28 }, { "/nope", 1, 2 }, { "/a/b/1/c/d", 1, 25 }, { "/a/b/01", 1, 14 },
	};
	unsigned line, column;

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_true(json_locate(text, sizeof text - 1, cases[i].pointer, &line, &column));
		if (line != cases[i].line || column != cases[i].column)
			FAIL("%s is said to be at %u:%u", cases[i].pointer, line, column);
	}
	assert_false(json_locate(" \n", 2, "/a", &line, &column));
	/* Broken text at any place: no answer may be outside of it. */
	for (size_t n = 0; n < sizeof text; n++)
		for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
			json_locate(text, n, cases[i].pointer, &line, &column);
}

static void quotes_stay_on_one_line(void **state)
{
	char out[16], room[20];

	(void) state;
	assert_string_equal(json_quote(room, sizeof room, "a\"\\\n", 4), "\"a\\\"\\\\\\u000a\"");
	assert_string_equal(json_quote(out, sizeof out, "abcdefghijklmnop", 16), "\"abcdefghij...\"");
	assert_string_equal(json_quote(out, sizeof out, "\xff", 1), "\"\\xff\"");
	assert_string_equal(json_quote(out, sizeof out, "", 0), "\"\"");
}

/* ---- writing ------------------------------------------------------------- */

static void writing_is_stable(void **state)
{
	static const char text[] = V "\"process\":{\"user\":{\"uid\":0,\"additionalGids\":[]},\"cwd\":\"/\\\"\\\\\\u001f\\t/\","
		"\"noNewPrivileges\":true},\"mounts\":[],\"annotations\":{\"b\":\"\",\"a\":\"\xc3\xa9\"},"
		"\"linux\":{\"resources\":{\"devices\":[{\"allow\":false,\"major\":-1}],\"unified\":{}}}}";
	struct oci_config *c = read_text(text);
	auto_free char *once = json_write(&oci_config_type, c, false, NULL);
	auto_free char *again = NULL, *pretty = NULL, *flat = NULL;
	size_t n;

	(void) state;
	assert_string_equal(once, text);
	pretty = json_write(&oci_config_type, c, true, &n);
	assert_int_equal(n, strlen(pretty));
	again = json_write(&oci_config_type, read_text(pretty), true, NULL);
	assert_int_equal(faults.n, 0);
	assert_string_equal(pretty, again);
	flat = json_write(&oci_config_type, read_text(pretty), false, NULL);
	assert_string_equal(flat, text);
}

static void pretty_is_as_go_writes_it(void **state)
{
	struct oci_config *c = read_text(V "\"mounts\":[],\"annotations\":{\"a\":\"b\"},\"process\":{\"cwd\":\"/\",\"args\":[\"x\",\"y\"]}}");
	auto_free char *pretty = json_write(&oci_config_type, c, true, NULL);

	(void) state;
	assert_string_equal(pretty, "{\n  \"ociVersion\": \"1.3.0\",\n  \"process\": {\n    \"args\": [\n      \"x\",\n      \"y\"\n    ],\n"
			    "    \"cwd\": \"/\"\n  },\n  \"mounts\": [],\n  \"annotations\": {\n    \"a\": \"b\"\n  }\n}");
}

static void a_type_that_is_a_list_may_be_written_as_one(void **state)
{
	static const char bare[] = " [{\"destination\":\"/a\"}, {\"destination\":7}, null]", object[] = "{\"mounts\":[{\"destination\":\"/a\"}]}";
	const struct oci_mounts *mounts;

	(void) state;
	mounts = json_read(&arena, &oci_mounts_type, bare, strlen(bare), &faults);
	assert_non_null(mounts);
	assert_int_equal(mounts->n_mounts, 3);
	assert_string_equal(mounts->mounts[0].destination, "/a");
	assert_int_equal(faults.n, 2);
	assert_string_equal(faults.list[0].pointer, "/1/destination");
	assert_string_equal(faults.list[1].pointer, "/2");
	faults.n = 0;
	mounts = json_read(&arena, &oci_mounts_type, object, strlen(object), &faults);
	assert_int_equal(mounts->n_mounts, 1);
	assert_int_equal(faults.n, 0);
	mounts = json_read(&arena, &oci_mounts_type, "[]", 2, &faults);
	assert_non_null(mounts->mounts);
	assert_int_equal(mounts->n_mounts, 0);
	assert_null(json_read(&arena, &oci_config_type, bare, strlen(bare), &faults));
	assert_int_equal(faults.n, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, clean)
	const struct CMUnitTest tests[] = {
		TEST(members_of_every_kind_are_read), TEST(numbers_may_be_spelt_as_json_allows),
		TEST(unsigned_numbers_have_64_bits), TEST(null_is_not_given), TEST(empty_is_not_absent),
		TEST(unknown_members_are_ignored), TEST(escapes_are_decoded), TEST(values_of_the_wrong_kind_are_named),
		TEST(unknown_words_come_with_the_known_ones), TEST(missing_members_are_named),
		TEST(all_faults_are_found_at_once), TEST(faults_are_capped), TEST(doubled_keys_are_refused),
		TEST(many_keys_are_no_bomb), TEST(nul_in_a_string_is_refused), TEST(half_surrogates_are_refused),
		TEST(depth_is_bounded), TEST(syntax_faults_have_their_place), TEST(a_syntax_fault_is_the_last_of_several),
		TEST(bytes_that_are_no_text_are_refused), TEST(faults_lie_where_locate_finds_them),
		TEST(locate_finds_values_or_their_parents), TEST(quotes_stay_on_one_line), TEST(writing_is_stable),
		TEST(pretty_is_as_go_writes_it), TEST(a_type_that_is_a_list_may_be_written_as_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
