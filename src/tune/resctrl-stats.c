/* resctrl-stats.c - see resctrl-stats.h */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "libocispec/arena.h"
#include "sys/fd.h"
#include "sys/path.h"
#include "tune/resctrl.h"
#include "tune/resctrl-stats.h"

static char *get(int dir, const char *file)
{
	struct error ignored;

	return dir < 0 ? NULL : file_get(dir, file, &ignored);
}

static unsigned long long get_number(int dir, const char *file)
{
	auto_free char *text = get(dir, file);

	/* "Unavailable", "Error": count as 0. */
	return text ? strtoull(text, NULL, 10) : 0;
}

/* Open the folder PATH below DIR; -1 if it is not there. */
static int folder(int dir, const char *path)
{
	struct error ignored;

	return dir < 0 ? -1 : path_open_beneath(dir, path, O_RDONLY | O_DIRECTORY, &ignored);
}

char *resctrl_line(struct arena *arena, const char *schemata, const char *resource)
{
	size_t n = strlen(resource);

	for (const char *line = schemata; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *s = line + strspn(line, " \t");

		if (!strncmp(s, resource, n) && s[n] == ':')
			return arena_printf(arena, "%.*s", (int) strcspn(s, "\n"), s);
	}
	return NULL;
}

static char *schema(struct arena *arena, int dir, const char *resource)
{
	auto_free char *text = get(dir, "schemata");

	return text ? resctrl_line(arena, text, resource) : NULL;
}

static char *word(struct arena *arena, int dir, const char *file)
{
	auto_free char *text = get(dir, file);

	return text ? arena_printf(arena, "%.*s", (int) strcspn(text, " \n"), text) : NULL;
}

static void read_allocation(int root, int group, struct arena *arena, struct resctrl_stats *s)
{
	auto_fd l3 = folder(root, "info/L3"), memory = folder(root, "info/MB");

	s->l3.there = l3 >= 0;
	if (s->l3.there) {
		s->l3.cbm_mask = word(arena, l3, "cbm_mask");
		s->l3.min_cbm_bits = get_number(l3, "min_cbm_bits");
		s->l3.num_closids = get_number(l3, "num_closids");
		s->l3.schema_root = schema(arena, root, "L3");
		s->l3.schema = schema(arena, group, "L3");
	}
	s->memory.there = memory >= 0;
	if (s->memory.there) {
		s->memory.bandwidth_gran = get_number(memory, "bandwidth_gran");
		s->memory.delay_linear = get_number(memory, "delay_linear");
		s->memory.min_bandwidth = get_number(memory, "min_bandwidth");
		s->memory.num_closids = get_number(memory, "num_closids");
		s->memory.schema_root = schema(arena, root, "MB");
		s->memory.schema = schema(arena, group, "MB");
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *) a, *(char *const *) b);
}

/* mon_data holds one folder per domain: "mon_L3_00". */
static void read_domains(int data, struct arena *arena, struct resctrl_stats *s)
{
	int copy = data < 0 ? -1 : openat(data, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;
	char **names = NULL;
	size_t n = 0;

	while (dir && (entry = readdir(dir)))
		if (!strncmp(entry->d_name, "mon_L3_", 7))
			*(char **) arena_push(arena, &names, n++, sizeof *names) = arena_strdup(arena, entry->d_name);
	if (dir)
		closedir(dir);
	if (n)
		qsort(names, n, sizeof *names, by_name);
	for (size_t i = 0; i < n; i++) {
		auto_fd domain = folder(data, names[i]);

		*(struct resctrl_domain *) arena_push(arena, &s->domains, s->n_domains++, sizeof *s->domains) =
			(struct resctrl_domain) {
				.total_bytes = s->traffic ? get_number(domain, "mbm_total_bytes") : 0,
				.local_bytes = s->traffic ? get_number(domain, "mbm_local_bytes") : 0,
				.occupancy = s->occupancy ? get_number(domain, "llc_occupancy") : 0,
			};
	}
}

void resctrl_read_stats(const struct resctrl *r, struct arena *arena, struct resctrl_stats *stats)
{
	auto_fd group = folder(r->root, r->group[0] ? r->group : "."), monitors = -1, monitor = -1, data = -1;
	auto_free char *features = get(r->root, "info/L3_MON/mon_features");

	*stats = (struct resctrl_stats) { 0 };
	read_allocation(r->root, group, arena, stats);
	stats->traffic = features && strstr(features, "mbm_");
	stats->occupancy = features && strstr(features, "llc_occupancy");
	if (r->monitor) {
		monitors = folder(group, "mon_groups");
		monitor = folder(monitors, r->monitor);
	}
	data = folder(r->monitor ? monitor : group, "mon_data");
	if (stats->traffic || stats->occupancy)
		read_domains(data, arena, stats);
}
