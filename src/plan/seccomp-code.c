/*
 * seccomp-code.c - ranges of system calls as a BPF program
 *
 * Theory.  The number is found in a balanced tree of comparisons, eight or nine
 * deep where a list would be hundreds long.  It uses only instructions that the
 * kernel's own look-ahead understands (seccomp_is_const_allow(), 5.11), which
 * then knows at load time which calls are always allowed and never runs the
 * program for them.
 *
 * A conditional BPF jump reaches 255 instructions forward, and only forward.
 * So the program is written from its end: the target of a jump exists already,
 * its distance is known, and if it is too far a copy (of a return) or a long
 * jump is put in between.  A label is the number of instructions written before
 * it, that is, counted from the end.
 */
#include <linux/bpf_common.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <endian.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "libocispec/arena.h"
#include "plan/seccomp.h"

/* Two labels may need a jump in between before the jump to them is written. */
#define REACH (255 - 2)

/* Single calls that differ from their surroundings are compared one by one, up to this many per leaf of the tree. */
#define MAX_EXCEPTIONS 3

struct ending {
	uint32_t action;
	unsigned label;
};

struct code {
	struct sock_filter at[BPF_MAXINSNS];	/* the last instruction first */
	unsigned n;
	bool full;
	struct ending endings[32];	/* the latest return of each action, to be shared; more actions share none */
	unsigned n_endings;
};

struct leaf {
	uint32_t first;
	const struct seccomp_class *class, *other[MAX_EXCEPTIONS];
	uint32_t numbers[MAX_EXCEPTIONS];	/* those with another class */
	unsigned n;
};

/* ---- the assembler ---------------------------------------------------- */

static unsigned put(struct code *code, struct sock_filter instruction)
{
	if (code->n == BPF_MAXINSNS) {
		code->full = true;
		return 0;
	}
	code->at[code->n] = instruction;
	return code->n++;
}

static bool reaches(const struct code *code, unsigned label)
{
	return code->n - label <= REACH;
}

static unsigned ending(struct code *code, uint32_t action)
{
	struct ending *e = code->endings;

	while (e < code->endings + code->n_endings && e->action != action)
		e++;
	if (e < code->endings + code->n_endings && reaches(code, e->label))
		return e->label;
	if (e == code->endings + ARRAY_SIZE(code->endings))
		return put(code, (struct sock_filter) BPF_STMT(BPF_RET | BPF_K, action));
	if (e == code->endings + code->n_endings)
		code->n_endings++;
	e->action = action;
	e->label = put(code, (struct sock_filter) BPF_STMT(BPF_RET | BPF_K, action));
	return e->label;
}

/* LABEL, or a label within reach that leads there. */
static unsigned near(struct code *code, unsigned label)
{
	if (reaches(code, label))
		return label;
	if (code->at[label].code == (BPF_RET | BPF_K))
		return ending(code, code->at[label].k);
	return put(code, (struct sock_filter) BPF_STMT(BPF_JMP | BPF_JA, code->n - label - 1));
}

/* A comparison of the accumulator with K. */
static unsigned branch(struct code *code, unsigned short test, uint32_t k, unsigned yes, unsigned no)
{
	if (yes == no)
		return yes;
	yes = near(code, yes);
	no = near(code, no);
	return put(code, (struct sock_filter) BPF_JUMP(BPF_JMP | test | BPF_K, k, (unsigned char) (code->n - yes - 1),
						       (unsigned char) (code->n - no - 1)));
}

/* A statement that falls through to NEXT, which must be the instruction written last. */
static unsigned before(struct code *code, unsigned short what, uint32_t k, unsigned next)
{
	if (next + 1 != code->n)
		put(code, (struct sock_filter) BPF_STMT(BPF_JMP | BPF_JA, code->n - next - 1));
	return put(code, (struct sock_filter) BPF_STMT(what, k));
}

static unsigned load(struct code *code, unsigned offset, unsigned next)
{
	return before(code, BPF_LD | BPF_W | BPF_ABS, offset, next);
}

/* ---- conditions ------------------------------------------------------- */

static unsigned offset_of(unsigned argument, bool high)
{
	bool second = high == (__BYTE_ORDER == __LITTLE_ENDIAN);

	return (unsigned) offsetof(struct seccomp_data, args) + 8 * argument + (second ? 4 : 0);
}

/* Test whether one half of the argument, masked, is the value's. */
static unsigned half_equal(struct code *code, const struct seccomp_condition *c, bool high, unsigned yes, unsigned no)
{
	uint32_t mask = (uint32_t) (high ? c->mask >> 32 : c->mask);
	uint32_t value = (uint32_t) (high ? c->value >> 32 : c->value);
	unsigned label;

	if (!mask)
		return yes;
	label = branch(code, BPF_JEQ, value, yes, no);
	if (mask != UINT32_MAX)
		label = before(code, BPF_ALU | BPF_AND | BPF_K, mask, label);
	return load(code, offset_of(c->argument, high), label);
}

/* Code that goes to YES if C holds, else to NO; both come after it. */
static unsigned condition(struct code *code, const struct seccomp_condition *c, bool wide, unsigned yes, unsigned no)
{
	uint32_t high = (uint32_t) (c->value >> 32);
	unsigned label;

	if (c->negated) {
		unsigned swap = yes;

		yes = no;
		no = swap;
	}
	if (c->compare == COMPARE_EQ) {
		label = half_equal(code, c, false, yes, no);
		return wide ? half_equal(code, c, true, label, no) : label;
	}
	label = branch(code, c->compare == COMPARE_GE ? BPF_JGE : BPF_JGT, (uint32_t) c->value, yes, no);
	label = load(code, offset_of(c->argument, false), label);
	if (!wide)
		return label;
	if (high)	/* nothing is less than 0 */
		label = branch(code, BPF_JEQ, high, label, no);
	label = branch(code, BPF_JGT, high, yes, label);
	return load(code, offset_of(c->argument, true), label);
}

static unsigned decide(struct code *code, const struct seccomp_class *class)
{
	unsigned next = ending(code, class->action);

	for (size_t r = class->n; r--;) {
		const struct seccomp_rule *rule = class->rules[r];
		unsigned label = ending(code, rule->action);

		for (unsigned i = rule->n; i--;)
			label = condition(code, &rule->conditions[i], class->wide, label, next);
		next = label;
	}
	return next;
}

/* ---- the tree --------------------------------------------------------- */

/* A leaf of RANGES: as many as follow the pattern A x A y A, where x and y are single numbers. */
static size_t take_leaf(const struct seccomp_block *block, size_t i, struct leaf *leaf)
{
	const struct seccomp_range *r = block->ranges;

	*leaf = (struct leaf) { .first = r[i].first, .class = r[i].class };
	while (leaf->n < MAX_EXCEPTIONS && i + 2 < block->n && r[i + 2].class == leaf->class &&
	       r[i + 2].first - r[i + 1].first == 1) {
		leaf->numbers[leaf->n] = r[i + 1].first;
		leaf->other[leaf->n++] = r[i + 1].class;
		i += 2;
	}
	return i + 1;
}

struct decided {	/* the place of the code of a class with conditions */
	const struct seccomp_class *class;
	unsigned label;
};

struct tree {
	struct code *code;
	struct leaf *leaves;
	size_t n;
	struct decided *decided;
	size_t n_decided;
};

static unsigned class_label(struct tree *t, const struct seccomp_class *class)
{
	if (!class->n)
		return ending(t->code, class->action);
	for (size_t i = 0; i < t->n_decided; i++)
		if (t->decided[i].class == class)
			return t->decided[i].label;
	return 0;
}

static unsigned leaf_label(struct tree *t, const struct leaf *leaf)
{
	unsigned label = class_label(t, leaf->class);

	for (unsigned i = leaf->n; i--;)
		label = branch(t->code, BPF_JEQ, leaf->numbers[i], class_label(t, leaf->other[i]), label);
	return label;
}

static unsigned tree_label(struct tree *t, size_t first, size_t end)
{
	size_t middle = first + (end - first) / 2;
	unsigned high, low;

	if (end - first == 1)
		return leaf_label(t, &t->leaves[first]);
	high = tree_label(t, middle, end);
	low = tree_label(t, first, middle);
	return branch(t->code, BPF_JGE, t->leaves[middle].first, high, low);
}

/* Write the code of each class with conditions, once. */
static void decide_all(struct arena *a, struct tree *t, const struct seccomp_block *block)
{
	for (size_t i = 0; i < block->n; i++) {
		const struct seccomp_class *class = block->ranges[i].class;
		bool there = !class->n;

		for (size_t k = 0; k < t->n_decided && !there; k++)
			there = t->decided[k].class == class;
		if (!there)
			*(struct decided *) arena_push(a, &t->decided, t->n_decided++, sizeof *t->decided) =
				(struct decided) { .class = class, .label = decide(t->code, class) };
	}
}

static unsigned block_label(struct arena *a, struct code *code, const struct seccomp_block *block)
{
	struct tree t = { .code = code, .leaves = arena_alloc(a, block->n * sizeof *t.leaves) };

	decide_all(a, &t, block);
	for (size_t i = 0; i < block->n;)
		i = take_leaf(block, i, &t.leaves[t.n++]);
	return load(code, offsetof(struct seccomp_data, nr), tree_label(&t, 0, t.n));
}

int seccomp_program(struct arena *a, const struct seccomp_block *blocks, size_t n_blocks, uint32_t other,
		    struct sock_filter **filter, unsigned short *n, struct error *err)
{
	auto_free struct code *code = xmalloc(sizeof *code);
	unsigned *labels = arena_alloc(a, n_blocks * sizeof *labels), label;

	code->n = code->n_endings = 0;
	code->full = false;
	/* The first block is our own architecture: written last, it is nearest to the start. */
	for (size_t i = n_blocks; i--;)
		labels[i] = block_label(a, code, &blocks[i]);
	label = ending(code, other);
	for (size_t i = n_blocks; i--;)
		label = branch(code, BPF_JEQ, blocks[i].audit, labels[i], label);
	load(code, offsetof(struct seccomp_data, arch), label);
	if (code->full)
		return fail_code(err, ERROR_CONFIG, "the seccomp profile needs more than the %d instructions that the "
				 "kernel takes", BPF_MAXINSNS);

	*filter = arena_alloc(a, code->n * sizeof **filter);
	for (unsigned i = 0; i < code->n; i++)
		(*filter)[i] = code->at[code->n - 1 - i];
	*n = (unsigned short) code->n;
	return 0;
}
