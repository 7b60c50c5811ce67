/* Device rules: v1's list and v2's program allow just what a plain reading of the rules allows. */
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
#include "cgroup/devices.h"
#include "sys/bpf.h"

static struct error err;

/* ---- three machines ---- */

/* The definition: each kind of access by itself, the last rule that covers it decides. */
static bool plainly_allowed(const struct device_rule *rules, size_t n, unsigned type, unsigned access, uint32_t major,
			    uint32_t minor)
{
	for (unsigned bit = 1; bit <= DEVICE_WRITE; bit <<= 1) {
		bool allowed = false;

		for (size_t i = 0; i < n; i++)
			if (rules[i].types & type && rules[i].access & bit &&
			    (rules[i].major == DEVICE_ANY || rules[i].major == major) &&
			    (rules[i].minor == DEVICE_ANY || rules[i].minor == minor))
				allowed = rules[i].allow;
		if (access & bit && !allowed)
			return false;
	}
	return true;
}

/* The kernel's part in v2. */
static bool program_allows(const struct bpf_insn *code, size_t n, unsigned type, unsigned access, uint32_t major,
			   uint32_t minor)
{
	const uint32_t context[3] = { access << 16 | type, major, minor };
	uint64_t r[16] = { 0 };

	for (size_t at = 0, steps = 0; at < n && steps < 10000; at++, steps++) {
		const struct bpf_insn *i = &code[at];
		uint64_t a = r[i->dst_reg], b = (i->code & BPF_X) ? r[i->src_reg] : (uint64_t) (int64_t) i->imm;
		unsigned class = BPF_CLASS(i->code), op = BPF_OP(i->code);

		if (class == BPF_LDX) {
			r[i->dst_reg] = context[i->off / 4];
		} else if (i->code == (BPF_LD | BPF_DW | BPF_IMM)) {
			r[i->dst_reg] = (uint32_t) i->imm | (uint64_t) (uint32_t) code[at + 1].imm << 32;
			at++;
		} else if (class == BPF_ALU || class == BPF_ALU64) {
			if (class == BPF_ALU) {
				a = (uint32_t) a;
				b = (uint32_t) b;
			}
			a = op == BPF_MOV   ? b
			    : op == BPF_SUB ? a - b
			    : op == BPF_RSH ? a >> (b & (class == BPF_ALU ? 31 : 63))
					    : 0;
			assert_true(op == BPF_MOV || op == BPF_SUB || op == BPF_RSH);
			r[i->dst_reg] = class == BPF_ALU ? (uint32_t) a : a;
		} else if (i->code == (BPF_JMP | BPF_EXIT)) {
			return r[0] != 0;
		} else {
			bool jump = false;

			assert_true(class == BPF_JMP || class == BPF_JMP32);
			assert_true(i->off >= 0);
			if (class == BPF_JMP32) {
				a = (uint32_t) a;
				b = (uint32_t) b;
			}
			if (op == BPF_JA)
				jump = true;
			else if (op == BPF_JEQ)
				jump = a == b;
			else if (op == BPF_JGT)
				jump = a > b;
			else if (op == BPF_JGE)
				jump = a >= b;
			else if (op == BPF_JSET)
				jump = (a & b) != 0;
			else
				assert_true(false);
			at += jump ? (size_t) i->off : 0;
		}
	}
	assert_true(false);
	return false;
}

/* The kernel's part in v1 (security/device_cgroup.c): one exception covers all of it, or none touches it. */
static bool list_allows(const struct device_list *list, unsigned type, unsigned access, uint32_t major, uint32_t minor)
{
	for (size_t i = 0; i < list->n; i++) {
		char kind, numbers[2][16], letters[8];
		unsigned bits = 0;

		assert_int_equal(sscanf(list->lines[i], "%c %15[^:]:%15s %7s", &kind, numbers[0], numbers[1], letters),
				 4);
		for (const char *c = letters; *c; c++)
			bits |= *c == 'r' ? DEVICE_READ : *c == 'w' ? DEVICE_WRITE : DEVICE_MAKE;
		if ((kind == 'b' ? DEVICE_BLOCK : DEVICE_CHAR) != type ||
		    (numbers[0][0] != '*' && strtoul(numbers[0], NULL, 10) != major) ||
		    (numbers[1][0] != '*' && strtoul(numbers[1], NULL, 10) != minor))
			continue;
		if (list->allow ? access & bits : !(access & ~bits))
			return !list->allow;
	}
	return list->allow;
}

/* ---- all devices of interest ---- */

static const uint32_t majors[] = { 0, 1,  2,  3,   4,	5,	    6,		7,	    8,
				   9, 10, 11, 136, 255, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe };
static const uint32_t minors[] = { 0,	1,   2,	  3,   5,    7,	   8,	 9,	     30,	 31,
				   32,	33,  62,  63,  64,   65,   95,	 96,	     127,	 128,
				   129, 199, 200, 201, 1000, 1063, 1064, 0x7fffffff, 0x80000000, 0xfffffffe };

struct case_made {
	const struct device_rule *rules;
	size_t n;
	struct device_table tables[2];
	struct device_list list;
	bool in_v1;
	struct bpf_insn *code;
	size_t n_code;
};

static void make_case(struct case_made *c, const struct device_rule *rules, size_t n)
{
	*c = (struct case_made) { .rules = rules, .n = n };
	device_table_fill(&c->tables[0], DEVICE_BLOCK, rules, n);
	device_table_fill(&c->tables[1], DEVICE_CHAR, rules, n);
	c->in_v1 = device_list_make(&c->list, &c->tables[0], &c->tables[1]);
	c->code = device_program(&c->tables[0], &c->tables[1], &c->n_code, &err);
	assert_non_null(c->code);
}

static void free_case(struct case_made *c)
{
	device_table_free(&c->tables[0]);
	device_table_free(&c->tables[1]);
	device_list_free(&c->list);
	free(c->code);
}

static void check_device(const struct case_made *c, unsigned type, uint32_t major, uint32_t minor)
{
	for (unsigned access = 1; access <= DEVICE_ALL; access++) {
		bool right = plainly_allowed(c->rules, c->n, type, access, major, minor);

		if (program_allows(c->code, c->n_code, type, access, major, minor) != right)
			print_error("v2: type %u %u:%u access %u must be %d\n", type, major, minor, access, right);
		assert_int_equal(program_allows(c->code, c->n_code, type, access, major, minor), right);
		if (c->in_v1)
			assert_int_equal(list_allows(&c->list, type, access, major, minor), right);
	}
}

static void check_case(const struct case_made *c)
{
	for (unsigned type = DEVICE_BLOCK; type <= DEVICE_CHAR; type++)
		for (size_t i = 0; i < ARRAY_SIZE(majors); i++)
			for (size_t k = 0; k < ARRAY_SIZE(minors); k++)
				check_device(c, type, majors[i], minors[k]);
}

/* What nothing leads to is refused by the kernel. */
static void check_reachable(const struct bpf_insn *code, size_t n)
{
	auto_free bool *seen = calloc(n, 1);

	assert_non_null(seen);
	seen[0] = true;
	for (size_t i = 0; i < n; i++) {
		bool jump = BPF_CLASS(code[i].code) == BPF_JMP || BPF_CLASS(code[i].code) == BPF_JMP32;

		assert_true(seen[i]);
		if (code[i].code == (BPF_JMP | BPF_EXIT))
			continue;
		if (jump)
			seen[i + 1 + (size_t) code[i].off] = true;
		if (code[i].code == (BPF_LD | BPF_DW | BPF_IMM))
			seen[++i] = true;
		if (code[i].code != (BPF_JMP | BPF_JA) && i + 1 < n)
			seen[i + 1] = true;
	}
}

/* ---- tests ---- */

static uint32_t seed = 20260801;

static uint32_t chance(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

static void random_rules(struct device_rule *rules, size_t n)
{
	for (size_t i = 0; i < n; i++)
		rules[i] = (struct device_rule) {
			.allow = chance(3) > 0, .types = 1 + chance(3),
			.major = chance(4) ? majors[chance(ARRAY_SIZE(majors))] : DEVICE_ANY,
			.minor = chance(3) ? minors[chance(ARRAY_SIZE(minors))] : DEVICE_ANY,
			.access = 1 + chance(DEVICE_ALL),
		};
	if (chance(2))
		rules[0] = (struct device_rule) { chance(2), 3, DEVICE_ANY, DEVICE_ANY, DEVICE_ALL };
}

static void any_rules_give_the_same_answers(void **state)
{
	unsigned in_v1 = 0, rounds = 120;

	(void) state;
	for (unsigned round = 0; round < rounds; round++) {
		struct device_rule rules[40];
		struct case_made c;
		size_t n = 1 + chance(round % 3 ? 6 : 40);

		random_rules(rules, n);
		make_case(&c, rules, n);
		check_reachable(c.code, c.n_code);
		check_case(&c);
		in_v1 += c.in_v1;
		free_case(&c);
	}
	assert_in_range(in_v1, 20, rounds - 20);
}

static void the_kernel_takes_the_programs(void **state)
{
	unsigned loaded = 0;

	(void) state;
	for (unsigned round = 0; round < 60; round++) {
		struct device_rule rules[200];
		struct case_made c;
		size_t n = 1 + chance(round % 4 ? 12 : 200);
		auto_fd program = -1;

		random_rules(rules, n);
		make_case(&c, rules, n);
		program = bpf_load_device("ctr_run_test", c.code, c.n_code, &err);
		free_case(&c);
		if (program < 0 && (err.number == EPERM || err.number == ENOSYS))
			break;
		if (program < 0)
			print_error("%s\n", err.message);
		assert_true(program >= 0);
		loaded++;
	}
	if (loaded == 0)
		skip();
}

static struct device_rule *read_rules(const struct oci_device_rule *rules, size_t n_rules, size_t *n)
{
	const struct oci_resources resources = { .devices = (struct oci_device_rule *) rules, .n_devices = n_rules };

	err = (struct error) { 0 };
	return device_rules(&resources, n, &err);
}

static void the_usual_devices_are_open(void **state)
{
	static const struct oci_device_rule deny = { .allow = false, .access = (char *) "rwm" };
	static const uint32_t open[][2] = { { 1, 3 }, { 1, 5 }, { 1, 7 },    { 1, 8 },	 { 1, 9 },	{ 5, 0 },
					    { 5, 1 }, { 5, 2 }, { 10, 200 }, { 136, 0 }, { 136, 77777 } };
	static const uint32_t closed[][2] = { { 1, 1 }, { 1, 2 },    { 1, 4 },	 { 4, 0 },
					      { 5, 3 }, { 10, 229 }, { 137, 0 }, { 8, 0 } };
	struct case_made c;
	size_t n;
	auto_free struct device_rule *rules = read_rules(&deny, 1, &n);

	(void) state;
	make_case(&c, rules, n);
	assert_true(c.in_v1 && !c.list.allow);
	/* Each costs 2 us in every container. */
	assert_in_range(c.n_code, 1, 26);
	check_case(&c);
	for (size_t i = 0; i < ARRAY_SIZE(open); i++)
		assert_true(program_allows(c.code, c.n_code, DEVICE_CHAR, DEVICE_ALL, open[i][0], open[i][1]));
	for (size_t i = 0; i < ARRAY_SIZE(closed); i++)
		for (unsigned type = DEVICE_BLOCK; type <= DEVICE_CHAR; type++) {
			assert_false(program_allows(c.code, c.n_code, type, DEVICE_READ, closed[i][0], closed[i][1]));
			assert_false(program_allows(c.code, c.n_code, type, DEVICE_WRITE, closed[i][0], closed[i][1]));
			assert_true(program_allows(c.code, c.n_code, type, DEVICE_MAKE, closed[i][0], closed[i][1]));
		}
	free_case(&c);
}

static void everything_allowed_needs_no_program(void **state)
{
	static const struct oci_device_rule rules[] = {
		{ .allow = false, .access = (char *) "rwm" },
		{ .allow = true, .type = (char *) "a", .access = (char *) "rwm" },
	};
	struct case_made c;
	size_t n;
	auto_free struct device_rule *read = read_rules(rules, 2, &n);

	(void) state;
	make_case(&c, read, n);
	assert_true(device_table_open(&c.tables[0]) && device_table_open(&c.tables[1]));
	assert_true(c.in_v1 && c.list.allow);
	assert_int_equal(c.list.n, 0);
	free_case(&c);
}

static void v1_says_no_to_exceptions_from_exceptions(void **state)
{
	static const struct device_rule hole[] = {
		{ false, 3, DEVICE_ANY, DEVICE_ANY, DEVICE_ALL },
		{ true, DEVICE_CHAR, DEVICE_ANY, DEVICE_ANY, DEVICE_READ },
		{ false, DEVICE_CHAR, 9, DEVICE_ANY, DEVICE_READ },
		{ true, DEVICE_CHAR, 1, 3, DEVICE_ALL },
	};
	/* Half of it, turned round can be said: all, but for these. */
	static const struct device_rule fine[] = {
		{ true, 3, DEVICE_ANY, DEVICE_ANY, DEVICE_ALL }, { false, DEVICE_CHAR, 9, DEVICE_ANY, DEVICE_READ },
		{ false, DEVICE_CHAR, 9, 5, DEVICE_WRITE },
	};
	struct case_made c;

	(void) state;
	make_case(&c, hole, ARRAY_SIZE(hole));
	assert_false(c.in_v1);
	check_case(&c);
	free_case(&c);
	make_case(&c, fine, ARRAY_SIZE(fine));
	assert_true(c.in_v1 && c.list.allow);
	assert_int_equal(c.list.n, 2);
	check_case(&c);
	free_case(&c);
}

static void wrong_rules_are_refused(void **state)
{
	static const struct oci_device_rule wrong[] = {
		{ .allow = true, .access = (char *) "" }, { .allow = true, .access = (char *) "rx" },
		{ .allow = true, .type = (char *) "p", .access = (char *) "r" },
		{ .allow = true, .has_major = true, .major = -2, .access = (char *) "r" },
		{ .allow = true, .has_minor = true, .minor = UINT32_MAX, .access = (char *) "r" },
	};
	size_t n;

	(void) state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_null(read_rules(&wrong[i], 1, &n));
		assert_string_equal(err.pointer, "/linux/resources/devices/0");
	}
}

static void without_rules_only_the_usual_devices_are_open(void **state)
{
	size_t n, m;
	auto_free struct device_rule *none = device_rules(NULL, &n, &err), *empty = read_rules(NULL, 0, &m);

	(void) state;
	assert_int_equal(n, m);
	assert_memory_equal(none, empty, n * sizeof *none);
	assert_int_equal(device_access(none, n, DEVICE_CHAR, 1, 3), DEVICE_ALL);
	assert_int_equal(device_access(none, n, DEVICE_CHAR, 10, 229), DEVICE_MAKE);
	assert_int_equal(device_access(none, n, DEVICE_BLOCK, 8, 0), DEVICE_MAKE);
}

static void missing_parts_mean_all(void **state)
{
	static const struct oci_device_rule rules[] = {
		{ .allow = false },
		{ .allow = true, .type = (char *) "", .has_major = true, .major = 7, .has_minor = true, .minor = -1 },
	};
	size_t n;
	auto_free struct device_rule *read = read_rules(rules, 2, &n);

	(void) state;
	assert_non_null(read);
	assert_int_equal(device_access(read, n, DEVICE_BLOCK, 7, 3), DEVICE_ALL);
	assert_int_equal(device_access(read, n, DEVICE_CHAR, 7, 3), DEVICE_ALL);
	assert_int_equal(device_access(read, n, DEVICE_CHAR, 8, 3), DEVICE_MAKE);
}

static void thousands_of_rules_are_fine_or_refused(void **state)
{
	enum { MANY = 3000 };
	auto_free struct device_rule *rules = calloc(MANY, sizeof *rules);
	struct case_made c;

	(void) state;
	assert_non_null(rules);
	for (unsigned i = 0; i < MANY; i++)
		rules[i] = (struct device_rule) { true, 1 + i % 3, i / 2, i * 7 % 1000, 1 + i % 7 };
	make_case(&c, rules, MANY);
	check_reachable(c.code, c.n_code);
	for (unsigned i = 0; i < MANY; i += 7)
		for (unsigned type = DEVICE_BLOCK; type <= DEVICE_CHAR; type++)
			check_device(&c, type, i / 2, i * 7 % 1000);
	free_case(&c);
}

/* A list of the exceptions C MAJOR:MINOR BITS in WORDS, which ends with NULL. */
static struct device_list list_of(char **words, size_t n)
{
	return (struct device_list) { .lines = words, .n = n };
}

static void assert_lines(struct device_list *list, size_t n, const char *const *lines)
{
	assert_int_equal(list->n, n);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(list->lines[i], lines[i]);
	device_list_free(list);
}

static void a_change_touches_only_what_differs(void **state)
{
	char *old[] = { "c 1:3 rwm", "c 5:* rw", "b *:* m", "c 300:5 r" },
	     *new[] = { "c 1:3 rwm", "c 5:* wm", "b *:* m", "c 300:6 r" };
	struct device_list a = list_of(old, 4), b = list_of(new, 4), more, less;

	(void) state;
	device_list_diff(&a, &b, &more, &less);
	assert_lines(&more, 2, (const char *const[]) { "c 5:* m", "c 300:6 r" });
	assert_lines(&less, 2, (const char *const[]) { "c 5:* r", "c 300:5 r" });
	device_list_diff(&a, &a, &more, &less);
	assert_lines(&more, 0, NULL);
	assert_lines(&less, 0, NULL);
	b.n = 0;
	device_list_diff(&a, &b, &more, &less);
	assert_lines(&more, 0, NULL);
	assert_lines(&less, 4, (const char *const *) old);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_rules_give_the_same_answers),
		cmocka_unit_test(the_kernel_takes_the_programs),
		cmocka_unit_test(the_usual_devices_are_open),
		cmocka_unit_test(everything_allowed_needs_no_program),
		cmocka_unit_test(v1_says_no_to_exceptions_from_exceptions),
		cmocka_unit_test(wrong_rules_are_refused),
		cmocka_unit_test(without_rules_only_the_usual_devices_are_open),
		cmocka_unit_test(missing_parts_mean_all),
		cmocka_unit_test(thousands_of_rules_are_fine_or_refused),
		cmocka_unit_test(a_change_touches_only_what_differs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
