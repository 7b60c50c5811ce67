/*
 * merge.c - the limits of a container after a change
 *
 * Where 0 means "not given" in a config it does so here too; numbers for which
 * 0 is a value (pids, swappiness, burst, idle) count if they are given.
 * Lists by device, page size or name are merged entry by entry.
 */
#include <string.h>

#include "cgroup/limit.h"
#include "libocispec/arena.h"

#define TAKE(to, from, m) \
	do { \
		if ((from)->has_##m) { \
			(to)->has_##m = true; \
			(to)->m = (from)->m; \
		} \
	} while (0)
#define TAKE_NONZERO(to, from, m) \
	do { \
		if ((from)->m) { \
			(to)->has_##m = true; \
			(to)->m = (from)->m; \
		} \
	} while (0)

/* A copy of *NOW to be changed; a new one if there is none. */
static void *copy(struct arena *arena, const void *now, size_t size)
{
	void *to = arena_alloc(arena, size);

	return now ? memcpy(to, now, size) : to;
}

/* ---- lists ---- */

typedef bool same_entry(const void *a, const void *b);

/* The entries of LIST, *N of SIZE bytes, without those that WANT has too, followed by those of WANT. */
static void *merge_list(struct arena *arena, const void *list, size_t *n, const void *want, size_t n_want, size_t size,
			same_entry *same)
{
	char *to = arena_alloc(arena, (*n + n_want) * size);
	size_t kept = 0;

	for (size_t i = 0; i < *n; i++) {
		const char *old = (const char *) list + i * size;
		bool replaced = false;

		for (size_t k = 0; k < n_want && !replaced; k++)
			replaced = same(old, (const char *) want + k * size);
		if (!replaced)
			memcpy(to + kept++ * size, old, size);
	}
	if (n_want)
		memcpy(to + kept * size, want, n_want * size);
	*n = kept + n_want;
	return to;
}

#define MERGE_LIST(arena, to, from, m, same) \
	do { \
		if ((from)->n_##m) \
			(to)->m = merge_list(arena, (to)->m, &(to)->n_##m, (from)->m, (from)->n_##m, sizeof *(to)->m, \
					     same); \
	} while (0)

static bool same_text(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static bool same_weight(const void *a, const void *b)
{
	const struct oci_weight_device *x = a, *y = b;

	return x->major == y->major && x->minor == y->minor;
}

static bool same_throttle(const void *a, const void *b)
{
	const struct oci_throttle_device *x = a, *y = b;

	return x->major == y->major && x->minor == y->minor;
}

static bool same_pages(const void *a, const void *b)
{
	return same_text(((const struct oci_hugepage_limit *) a)->page_size,
			 ((const struct oci_hugepage_limit *) b)->page_size);
}

static bool same_interface(const void *a, const void *b)
{
	return same_text(((const struct oci_interface_priority *) a)->name,
			 ((const struct oci_interface_priority *) b)->name);
}

static void merge_map(struct arena *arena, struct json_map *to, const struct json_map *want)
{
	struct json_map all = { 0 };

	if (!want->n)
		return;
	all.keys = arena_alloc(arena, (to->n + want->n) * sizeof *all.keys);
	all.values = arena_alloc(arena, (to->n + want->n) * sizeof *all.values);
	for (size_t i = 0; i < to->n + want->n; i++) {
		const struct json_map *from = i < to->n ? to : want;
		size_t at = i < to->n ? i : i - to->n;
		bool replaced = false;

		for (size_t k = 0; from == to && k < want->n && !replaced; k++)
			replaced = strcmp(to->keys[at], want->keys[k]) == 0;
		if (replaced)
			continue;
		all.keys[all.n] = from->keys[at];
		all.values[all.n++] = from->values[at];
	}
	*to = all;
}

/* ---- members ---- */

/* Of a device's two limits the one that WANT does not give stays. */
static struct oci_rdma *merge_rdma(struct arena *arena, const struct oci_rdma *now, const struct oci_rdma *want)
{
	struct oci_rdma *to = copy(arena, now, sizeof *to);

	TAKE(to, want, hca_handles);
	TAKE(to, want, hca_objects);
	return to;
}

static void merge_rdmas(struct arena *arena, struct json_map *all, const struct json_map *want)
{
	const struct json_map now = *all;

	merge_map(arena, all, want);
	for (size_t i = 0; i < now.n; i++)
		for (size_t k = 0; k < all->n; k++)
			if (now.values[i] && all->values[k] && !strcmp(now.keys[i], all->keys[k]))
				all->values[k] = merge_rdma(arena, now.values[i], all->values[k]);
}

/* v2 has a limit on swap alone: if the memory limit changes it stays, and their sum changes.  v1 has one on the sum,
 * which stays, and the kernel refuses a memory limit above it. */
static void merge_swap(bool v2, const struct oci_memory *now, const struct oci_memory *want, struct oci_memory *to)
{
	if (want->swap || !want->limit)
		return;
	if (want->limit == -1) {
		to->has_swap = true;
		to->swap = -1;
	} else if (v2 && now && now->limit > 0 && now->swap >= now->limit) {
		if (__builtin_add_overflow(want->limit, now->swap - now->limit, &to->swap))
			to->swap = INT64_MAX;
	}
}

static struct oci_memory *merge_memory(struct arena *arena, bool v2, const struct oci_memory *now,
				       const struct oci_memory *want)
{
	struct oci_memory *to = copy(arena, now, sizeof *to);

	TAKE_NONZERO(to, want, limit);
	TAKE_NONZERO(to, want, reservation);
	TAKE_NONZERO(to, want, swap);
	TAKE_NONZERO(to, want, kernel);
	TAKE_NONZERO(to, want, kernel_tcp);
	TAKE(to, want, swappiness);
	to->disable_oom_killer |= want->disable_oom_killer;
	to->use_hierarchy |= want->use_hierarchy;
	to->check_before_update |= want->check_before_update;
	merge_swap(v2, now, want, to);
	return to;
}

static struct oci_cpu *merge_cpu(struct arena *arena, const struct oci_cpu *now, const struct oci_cpu *want)
{
	struct oci_cpu *to = copy(arena, now, sizeof *to);

	TAKE_NONZERO(to, want, shares);
	TAKE_NONZERO(to, want, quota);
	TAKE(to, want, burst);
	TAKE_NONZERO(to, want, period);
	TAKE_NONZERO(to, want, realtime_runtime);
	TAKE_NONZERO(to, want, realtime_period);
	TAKE(to, want, idle);
	if (want->cpus && want->cpus[0])
		to->cpus = want->cpus;
	if (want->mems && want->mems[0])
		to->mems = want->mems;
	return to;
}

static struct oci_block_io *merge_block_io(struct arena *arena, const struct oci_block_io *now,
					   const struct oci_block_io *want)
{
	struct oci_block_io *to = copy(arena, now, sizeof *to);

	TAKE_NONZERO(to, want, weight);
	TAKE_NONZERO(to, want, leaf_weight);
	MERGE_LIST(arena, to, want, weight_device, same_weight);
	MERGE_LIST(arena, to, want, throttle_read_bps_device, same_throttle);
	MERGE_LIST(arena, to, want, throttle_write_bps_device, same_throttle);
	MERGE_LIST(arena, to, want, throttle_read_iops_device, same_throttle);
	MERGE_LIST(arena, to, want, throttle_write_iops_device, same_throttle);
	return to;
}

static struct oci_network *merge_network(struct arena *arena, const struct oci_network *now,
					 const struct oci_network *want)
{
	struct oci_network *to = copy(arena, now, sizeof *to);

	TAKE_NONZERO(to, want, class_id);
	MERGE_LIST(arena, to, want, priorities, same_interface);
	return to;
}

void cgroup_merge(const struct cgroup *cgroup, struct arena *arena, struct cgroup_change *change)
{
	static const struct oci_resources nothing;
	const struct oci_resources *now = change->now ? change->now : &nothing, *want = change->want;
	struct oci_resources *all = &change->all;

	*all = *now;
	if (want->n_devices) {
		all->devices = want->devices;
		all->n_devices = want->n_devices;
	}
	if (want->memory)
		all->memory = merge_memory(arena, !cgroup_v1(cgroup, "memory"), now->memory, want->memory);
	if (want->cpu)
		all->cpu = merge_cpu(arena, now->cpu, want->cpu);
	if (want->pids && want->pids->has_limit)
		all->pids = want->pids;
	if (want->block_io)
		all->block_io = merge_block_io(arena, now->block_io, want->block_io);
	MERGE_LIST(arena, all, want, hugepage_limits, same_pages);
	if (want->network)
		all->network = merge_network(arena, now->network, want->network);
	merge_rdmas(arena, &all->rdma, &want->rdma);
	merge_map(arena, &all->unified, &want->unified);
}
