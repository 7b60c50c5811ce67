/*
 * limit-memory.c - memory, memory and swap, huge pages
 *
 * v1 limits memory and memory+swap, v2 memory and swap.  The config's swap is
 * memory+swap (runtime-spec).
 */
#include <dirent.h>
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/number.h"
#include "base/log.h"
#include "base/text.h"
#include "cgroup/limit.h"
#include "sys/fd.h"

#define POINTER "/linux/resources/memory"

static const char no_swap_accounting[] = "this kernel does not account swap (boot it with swapaccount=1)";

/* If only memory is given and its limit is lifted, an old one on memory+swap would still apply. */
static long long swap_of(const struct oci_memory *m)
{
	return m->limit == -1 && m->swap == 0 ? -1 : m->swap;
}

static int memory_v1(struct limits *limits, const struct cgroup_folder *folder, const struct oci_memory *m)
{
	struct limit_write *w;

	if (m->limit)
		limits_add(limits, folder, POINTER "/limit", "memory.limit_in_bytes", limit_or(m->limit, "-1"));
	if (swap_of(m)) {
		w = limits_add(limits, folder, m->swap ? POINTER "/swap" : POINTER "/limit",
			       "memory.memsw.limit_in_bytes", limit_or(swap_of(m), "-1"));
		w->optional = swap_of(m) == -1;
		w->missing = no_swap_accounting;
	}
	if (m->reservation)
		limits_add(limits, folder, POINTER "/reservation", "memory.soft_limit_in_bytes",
			   limit_or(m->reservation, "-1"));
	/* The kernel dropped kmem.limit_in_bytes in 5.16, and runc ignores both. */
	if (m->kernel > 0)
		log_warn("linux.resources.memory.kernel is ignored: Linux has no such limit any more");
	if (m->kernel_tcp > 0) {
		w = limits_add(limits, folder, POINTER "/kernelTCP", "memory.kmem.tcp.limit_in_bytes",
			       limit_or(m->kernel_tcp, "-1"));
		w->missing = "this kernel has no limit on TCP buffers";
	}
	if (m->has_swappiness)
		limits_add(limits, folder, POINTER "/swappiness", "memory.swappiness",
			   limit_text(m->swappiness));
	if (m->disable_oom_killer)
		limits_add(limits, folder, POINTER "/disableOOMKiller", "memory.oom_control", xstrdup("1"));
	/* useHierarchy: it is always on since 5.11. */
	return 0;
}

/* v2 does not refuse a limit below what is in use, it kills; so if the config wants a refusal, check first. */
static int check_usage(const struct cgroup_folder *folder, const struct oci_memory *m, struct error *err)
{
	unsigned long long usage = 0;
	char text[64];

	if (!m->check_before_update || m->limit <= 0 || !folder_peek(folder->fd, "memory.current", text, sizeof text))
		return 0;
	usage = strtoull(text, NULL, 10);
	if (usage <= (unsigned long long) m->limit)
		return 0;
	return fail_at(err, POINTER "/limit", "%lld is below what is in use now, %llu", (long long) m->limit, usage);
}

static int swap_v2(struct limits *limits, const struct cgroup_folder *folder, const struct oci_memory *m,
		   struct error *err)
{
	long long swap = swap_of(m), alone = -1;
	struct limit_write *w;

	if (swap == 0)
		return 0;
	if (swap > 0) {
		if (m->limit <= 0)
			return fail_at(err, POINTER "/swap", "unable to set swap limit without memory limit");
		if (swap < m->limit)
			return fail_at(err, POINTER "/swap", "memory+swap limit should be >= memory limit");
		alone = swap - m->limit;
	}
	w = limits_add(limits, folder, m->swap ? POINTER "/swap" : POINTER "/limit", "memory.swap.max",
		       limit_or(alone, "max"));
	/* If the file is missing, nothing is swapped or swap is not counted. */
	w->optional = alone <= 0;
	w->missing = no_swap_accounting;
	return 0;
}

static int memory_v2(struct limits *limits, const struct cgroup_folder *folder, const struct oci_memory *m,
		     struct error *err)
{
	static const char only_v1[] = "cgroup v2 cannot do this, only v1 has %s";

	if (m->kernel > 0)
		return fail_at(err, POINTER "/kernel", only_v1, "memory.kmem.limit_in_bytes");
	if (m->kernel_tcp > 0)
		return fail_at(err, POINTER "/kernelTCP", only_v1, "memory.kmem.tcp.limit_in_bytes");
	if (m->has_swappiness)
		return fail_at(err, POINTER "/swappiness", only_v1, "memory.swappiness");
	if (m->disable_oom_killer)
		return fail_at(err, POINTER "/disableOOMKiller", only_v1, "memory.oom_control");
	/* A folder that is only foreseen may be held by the root of its hierarchy, which shows other usage. */
	if (!limits->foreseen && check_usage(folder, m, err) < 0)
		return -1;
	if (swap_v2(limits, folder, m, err) < 0)
		return -1;
	if (m->limit)
		limits_add(limits, folder, POINTER "/limit", "memory.max", limit_or(m->limit, "max"));
	if (m->reservation)
		limits_add(limits, folder, POINTER "/reservation", "memory.low", limit_or(m->reservation, "max"));
	return 0;
}

int limits_memory(struct limits *limits, const struct oci_memory *m, struct error *err)
{
	static const struct controller controller = { "memory", "memory" };
	const struct cgroup_folder *folder;
	const char *first = m->limit		    ? POINTER "/limit"
			    : m->swap		    ? POINTER "/swap"
			    : m->reservation	    ? POINTER "/reservation"
			    : m->has_swappiness	    ? POINTER "/swappiness"
			    : m->disable_oom_killer ? POINTER "/disableOOMKiller"
			    : m->kernel > 0	    ? POINTER "/kernel"
			    : m->kernel_tcp > 0	    ? POINTER "/kernelTCP"
						    : NULL;

	/* Clients send an object of zeros for "no limit". */
	if (!first)
		return 0;
	folder = limits_folder(limits, &controller, first, err);
	/* Without a controller there is no limit, as asked for. */
	if (!folder && m->limit <= 0 && m->swap <= 0 && m->reservation <= 0 && !m->has_swappiness &&
	    !m->disable_oom_killer && m->kernel <= 0 && m->kernel_tcp <= 0)
		return 0;
	if (!folder)
		return -1;
	return folder->v2 ? memory_v2(limits, folder, m, err) : memory_v1(limits, folder, m);
}

/* ---- huge pages ---- */

bool hugepage_size(const char *name, char *size, size_t room)
{
	static const char prefix[] = "hugepages-";
	const char *number = name + sizeof prefix - 1;
	uint64_t kb;

	if (strncmp(name, prefix, sizeof prefix - 1) || !number_take(&number, &kb))
		return false;
	snprintf(size, room, "%" PRIu64 "%cB", kb >> (kb >> 20 ? 20 : kb >> 10 ? 10 : 0),
		 kb >> 20 ? 'G' : kb >> 10 ? 'M' : 'K');
	return true;
}

/* "2MB, 1GB": what this machine has. */
static char *page_sizes(void)
{
	DIR *dir = opendir("/sys/kernel/mm/hugepages");
	struct text t = { 0 };
	struct dirent *entry;
	char size[16];

	while (dir && (entry = readdir(dir)))
		if (hugepage_size(entry->d_name, size, sizeof size))
			text_addf(&t, "%s%s", t.n ? ", " : "", size);
	if (dir)
		closedir(dir);
	return text_take(&t);
}

int limits_hugetlb(struct limits *limits, const struct oci_resources *r, struct error *err)
{
	static const struct controller controller = { "hugetlb", "hugetlb" };

	for (size_t i = 0; i < r->n_hugepage_limits; i++) {
		const struct oci_hugepage_limit *limit = &r->hugepage_limits[i];
		auto_free char *pointer = xasprintf("/linux/resources/hugepageLimits/%zu", i);
		auto_free char *size = xasprintf("%s/pageSize", pointer), *sizes = NULL;
		const struct cgroup_folder *folder;
		char file[64], reserved[64];

		if (!limit->page_size || strlen(limit->page_size) > 16 || strchr(limit->page_size, '/'))
			return fail_at(err, size, "must be like 64KB, 2MB or 1GB");
		folder = limits_folder(limits, &controller, pointer, err);
		if (!folder)
			return -1;
		snprintf(file, sizeof file, "hugetlb.%s.%s", limit->page_size, folder->v2 ? "max" : "limit_in_bytes");
		snprintf(reserved, sizeof reserved, "hugetlb.%s.rsvd.%s", limit->page_size,
			 folder->v2 ? "max" : "limit_in_bytes");
		/* A folder that is only foreseen has no files yet; it will have one for every size. */
		if (!limits->foreseen && !file_exists(folder->fd, file) && errno == ENOENT) {
			sizes = page_sizes();
			return fail_at(err, size, "this machine has no huge pages of %s (it has: %s)", limit->page_size,
				       sizes[0] ? sizes : "none");
		}
		/* Exceeding the limit on reservations (5.7) gives an error, that on pages SIGBUS: so set the former
		 * first, if it exists. */
		limits_add(limits, folder, pointer, reserved, limit_text(limit->limit))->optional = true;
		limits_add(limits, folder, pointer, file, limit_text(limit->limit));
	}
	return 0;
}
