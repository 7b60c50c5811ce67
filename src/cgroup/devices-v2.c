/*
 * devices-v2.c - the device program of cgroup2
 *
 * If each rule is a test of its own, the verifier's time grows faster than the
 * number of rules: 30 rules took it 1.5 ms.  A tree takes 50 us: by type, then
 * by major (a few comparisons, or a binary search among many), then by minor,
 * where up to 64 neighbours take one shift of a bit mask.  It ends in a leaf
 * for each set of allowed access, which all parts of the tree share.  Each
 * instruction costs 2 us to load, so similar parts are shared, too.
 *
 *	r2 access << 16 | type, r4 major, r5 minor; r6, r7 scratch; r0 the answer
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "cgroup/devices.h"

enum { R0, R1, R2, R3, R4, R5, R6, R7 };

/* ---- instructions and labels ---- */

struct label {
	size_t at;
	bool used;
};

struct jump {
	size_t at;
	unsigned to;
};

/* The labels 0 to DEVICE_ALL are the leaves: just this access is allowed. */
#define DENY	0u
#define ALLOW	(unsigned) DEVICE_ALL

struct program {
	struct bpf_insn *code;
	size_t n;
	struct label *labels;
	size_t n_labels;
	struct jump *jumps;
	size_t n_jumps;
};

static void emit(struct program *p, unsigned char code, unsigned to, unsigned from, short off, int imm)
{
	struct bpf_insn *i = xgrow(&p->code, p->n++, sizeof *p->code);

	i->code = code;
	i->dst_reg = to & 0xf;
	i->src_reg = from & 0xf;
	i->off = off;
	i->imm = imm;
}

static unsigned label_new(struct program *p)
{
	xgrow(&p->labels, p->n_labels, sizeof *p->labels);
	return (unsigned) p->n_labels++;
}

static void label_here(struct program *p, unsigned label)
{
	p->labels[label].at = p->n;
}

static void jump(struct program *p, unsigned char code, unsigned reg, uint32_t imm, unsigned label)
{
	struct jump *j = xgrow(&p->jumps, p->n_jumps++, sizeof *p->jumps);

	*j = (struct jump) { p->n, label };
	p->labels[label].used = true;
	emit(p, code, reg, 0, 0, (int) imm);
}

/* All are 32-bit (BPF_JMP32, 5.1): in 64 bits a number above 2^31 would be taken for a negative one. */
static void jump_if_equal(struct program *p, unsigned reg, uint32_t value, unsigned label)
{
	jump(p, BPF_JMP32 | BPF_JEQ | BPF_K, reg, value, label);
}

static void jump_to(struct program *p, unsigned label)
{
	jump(p, BPF_JMP | BPF_JA, 0, 0, label);
}

static int resolve(struct program *p, struct error *err)
{
	for (size_t i = 0; i < p->n_jumps; i++) {
		size_t distance = p->labels[p->jumps[i].to].at - p->jumps[i].at - 1;

		if (distance > SHRT_MAX)
			return fail(err, E2BIG, "too many device rules for one program");
		p->code[p->jumps[i].at].off = (short) distance;
	}
	return 0;
}

/* ---- minors ---- */

/* Go to the leaf of r5 among the MINORS in the span of 64 that begins at BASE; REST is the leaf of all others. */
static void emit_span(struct program *p, const struct device_minor *minors, size_t n, uint32_t base, unsigned rest)
{
	unsigned after = label_new(p);
	uint64_t masks[DEVICE_ALL + 1] = { 0 };

	emit(p, BPF_ALU | BPF_MOV | BPF_X, R6, R5, 0, 0);
	if (base)
		emit(p, BPF_ALU | BPF_SUB | BPF_K, R6, 0, 0, (int) base);
	jump(p, BPF_JMP32 | BPF_JGT | BPF_K, R6, 63, after);
	for (size_t i = 0; i < n; i++)
		masks[minors[i].access] |= 1ull << (minors[i].minor - base);
	for (unsigned access = 0; access <= DEVICE_ALL; access++) {
		if (!masks[access])
			continue;
		emit(p, BPF_LD | BPF_DW | BPF_IMM, R7, 0, 0, (int) (uint32_t) masks[access]);
		emit(p, 0, 0, 0, 0, (int) (uint32_t) (masks[access] >> 32));
		emit(p, BPF_ALU64 | BPF_RSH | BPF_X, R7, R6, 0, 0);
		jump(p, BPF_JMP | BPF_JSET | BPF_K, R7, 1, access);
	}
	jump_to(p, rest);
	label_here(p, after);
}

/* Go to the leaf of r5 in ROW, whose minors all differ from its own access. */
static void emit_row(struct program *p, const struct device_major *row)
{
	for (size_t i = 0, n; i < row->n; i += n) {
		uint32_t first = row->minors[i].minor, base;

		for (n = 1; i + n < row->n && row->minors[i + n].minor - first < 64; n++)
			;
		base = row->minors[i + n - 1].minor < 64 ? 0 : first;
		if (n == 1)
			jump_if_equal(p, R5, first, row->minors[i].access);
		else
			emit_span(p, row->minors + i, n, base, row->access);
	}
	jump_to(p, row->access);
}

/* The usual row, such as that of /dev/null and its like: some minors below 32, all with the same access. */
static bool is_small(const struct device_major *row)
{
	for (size_t i = 0; i < row->n; i++)
		if (row->minors[i].minor >= 32 || row->minors[i].access != row->minors[0].access)
			return false;
	return row->n > 1;
}

static bool same_leaves(const struct device_major *a, const struct device_major *b)
{
	return a->access == b->access && a->minors[0].access == b->minors[0].access;
}

/* Row I of T and all later small ones with the same leaves, which differ only in the mask.  Those done get target 0. */
static void emit_small(struct program *p, const struct device_table *t, unsigned *targets, size_t i)
{
	const struct device_major *first = &t->majors[i];
	unsigned shared = label_new(p);
	size_t last = i;

	for (size_t k = i; k < t->n; k++)
		if (is_small(&t->majors[k]) && same_leaves(first, &t->majors[k]))
			last = k;
	for (size_t k = i; k <= last; k++) {
		const struct device_major *row = &t->majors[k];
		uint32_t mask = 0;

		if (!is_small(row) || !same_leaves(first, row))
			continue;
		for (size_t m = 0; m < row->n; m++)
			mask |= 1u << row->minors[m].minor;
		label_here(p, targets[k]);
		emit(p, BPF_ALU | BPF_MOV | BPF_K, R7, 0, 0, (int) mask);
		if (k != last)
			jump_to(p, shared);
		targets[k] = 0;
	}
	label_here(p, shared);
	jump(p, BPF_JMP32 | BPF_JGT | BPF_K, R5, 31, first->access);
	emit(p, BPF_ALU | BPF_RSH | BPF_X, R7, R5, 0, 0);
	jump(p, BPF_JMP32 | BPF_JSET | BPF_K, R7, 1, first->minors[0].access);
	jump_to(p, first->access);
}

/* ---- majors ---- */

/* Search the rows between LOW and HIGH; TARGETS[i] is the code or leaf of row i. */
static void emit_search(struct program *p, const struct device_table *t, const unsigned *targets, size_t low,
			size_t high)
{
	if (high - low <= 4) {
		for (size_t i = low; i < high; i++)
			jump_if_equal(p, R4, t->majors[i].major, targets[i]);
		jump_to(p, targets[t->n - 1]);
	} else {
		size_t middle = low + (high - low) / 2;
		unsigned upper = label_new(p);

		jump(p, BPF_JMP32 | BPF_JGE | BPF_K, R4, t->majors[middle].major, upper);
		emit_search(p, t, targets, low, middle);
		label_here(p, upper);
		emit_search(p, t, targets, middle, high);
	}
}

static void emit_table(struct program *p, const struct device_table *t)
{
	auto_free unsigned *targets = xcalloc(t->n, sizeof *targets);

	for (size_t i = 0; i < t->n; i++)
		targets[i] = t->majors[i].n ? label_new(p) : t->majors[i].access;
	emit_search(p, t, targets, 0, t->n - 1);
	for (size_t i = 0; i < t->n; i++) {
		/* Targets up to DEVICE_ALL are leaves, or done. */
		if (targets[i] <= DEVICE_ALL)
			continue;
		if (is_small(&t->majors[i])) {
			emit_small(p, t, targets, i);
		} else {
			label_here(p, targets[i]);
			emit_row(p, &t->majors[i]);
		}
	}
}

/* ---- leaving out what makes no difference ---- */

static bool same_row(const struct device_major *a, const struct device_major *b)
{
	if (a->access != b->access || a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->minors[i].minor != b->minors[i].minor || a->minors[i].access != b->minors[i].access)
			return false;
	return true;
}

/* A copy of FROM without minors that equal their major, and without majors that equal "any other". */
static void reduce(struct device_table *to, const struct device_table *from)
{
	const struct device_major *last;
	size_t n = 0;

	*to = (struct device_table) { .type = from->type,
				      .majors = xcalloc(from->n, sizeof *to->majors),
				      .n = from->n };
	for (size_t i = 0; i < from->n; i++) {
		const struct device_major *row = &from->majors[i];
		struct device_major *copy = &to->majors[i];

		*copy = (struct device_major) { row->major, row->access, xcalloc(row->n, sizeof *copy->minors), 0 };
		for (size_t k = 0; k < row->n; k++)
			if (row->minors[k].access != row->access)
				copy->minors[copy->n++] = row->minors[k];
	}
	last = &to->majors[from->n - 1];
	for (size_t i = 0; i < from->n; i++) {
		if (&to->majors[i] != last && same_row(&to->majors[i], last))
			free(to->majors[i].minors);
		else
			to->majors[n++] = to->majors[i];
	}
	to->n = n;
}

/* ---- the whole ---- */

static void emit_answer(struct program *p, unsigned label, int answer)
{
	/* The verifier refuses unreachable instructions. */
	if (!p->labels[label].used)
		return;
	label_here(p, label);
	emit(p, BPF_ALU64 | BPF_MOV | BPF_K, R0, 0, 0, answer);
	emit(p, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

static void emit_leaves(struct program *p)
{
	for (unsigned access = DENY + 1; access < ALLOW; access++) {
		if (!p->labels[access].used)
			continue;
		label_here(p, access);
		jump(p, BPF_JMP32 | BPF_JSET | BPF_K, R2, (DEVICE_ALL & ~access) << 16, DENY);
		jump_to(p, ALLOW);
	}
	emit_answer(p, ALLOW, 1);
	emit_answer(p, DENY, 0);
}

struct bpf_insn *device_program(const struct device_table *blocks, const struct device_table *chars, size_t *n,
				struct error *err)
{
	struct device_table block, character;
	struct program p = { 0 };
	unsigned is_char;
	int result;

	while (p.n_labels <= DEVICE_ALL)
		label_new(&p);
	/* struct bpf_cgroup_dev_ctx: access << 16 | type, major, minor. */
	emit(&p, BPF_LDX | BPF_MEM | BPF_W, R2, R1, 0, 0);
	emit(&p, BPF_LDX | BPF_MEM | BPF_W, R4, R1, 4, 0);
	emit(&p, BPF_LDX | BPF_MEM | BPF_W, R5, R1, 8, 0);

	reduce(&block, blocks);
	reduce(&character, chars);
	/* The types are two bits, and there are no others. */
	is_char = label_new(&p);
	jump(&p, BPF_JMP32 | BPF_JSET | BPF_K, R2, DEVICE_CHAR, is_char);
	emit_table(&p, &block);
	label_here(&p, is_char);
	emit_table(&p, &character);
	emit_leaves(&p);
	device_table_free(&block);
	device_table_free(&character);

	result = resolve(&p, err);
	free(p.labels);
	free(p.jumps);
	if (result < 0) {
		free(p.code);
		return NULL;
	}
	*n = p.n;
	return p.code;
}
