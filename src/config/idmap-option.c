/* idmap-option.c - see idmap-option.h */
#include <string.h>

#include "base/number.h"
#include "config/check.h"
#include "config/idmap-option.h"
#include "libocispec/arena.h"
#include "sys/idmap.h"

struct map {
	const char *name;	/* "uids" */
	const struct oci_id_mapping *container;
	size_t n_container;
	struct oci_id_mapping *list;
	size_t n;
};

const char *idmap_option_value(const char *option)
{
	return !strncmp(option, "idmap=", 6) ? option + 6 : !strncmp(option, "ridmap=", 7) ? option + 7 : NULL;
}

static void add(struct arena *arena, struct map *map, uint64_t files, uint64_t host, uint64_t size)
{
	struct oci_id_mapping *m = arena_push(arena, &map->list, map->n++, sizeof *m);

	*m = (struct oci_id_mapping) {
		.container_id = (uint32_t) files, .host_id = (uint32_t) host, .size = (uint32_t) size,
	};
}

/* Add the range that begins with the container's id OWN, translated by the container's map.  True if the map covers all
 * of it. */
static bool add_relative(struct arena *arena, struct map *map, uint64_t files, uint64_t own, uint64_t size)
{
	while (size && map->n <= IDMAP_MAX_LINES) {
		const struct oci_id_mapping *m = NULL;
		uint64_t part;

		for (size_t i = 0; i < map->n_container && !m; i++)
			if (own >= map->container[i].container_id &&
			    own - map->container[i].container_id < map->container[i].size)
				m = &map->container[i];
		if (!m)
			return false;
		part = m->size - (own - m->container_id);
		part = part < size ? part : size;
		add(arena, map, files, m->host_id + (own - m->container_id), part);
		files += part;
		own += part;
		size -= part;
	}
	return true;
}

/* Take a number and the character BEHIND after it (0: any) off *TEXT. */
static bool take(const char **text, char behind, uint64_t *out)
{
	if (**text == ' ' || **text == '\t' || !number_take(text, out) || *out > UINT32_MAX ||
	    (behind && **text != behind))
		return false;
	*text += behind != '\0';
	return true;
}

static const char *read_triplets(struct arena *arena, const char *text, struct map *map)
{
	static const char expected[] = "expected FILES-HOST-SIZE, like 0-100000-65536, with \"#\" between several";

	for (;;) {
		const char *start = text;
		uint64_t files, own, size;
		bool relative = *text == '@';

		text += relative;
		if (!take(&text, '-', &files) || !take(&text, '-', &own) || !take(&text, 0, &size) || !size ||
		    (*text && *text != '#'))
			return arena_printf(arena, "%s of idmap has \"%.*s\" (%s)", map->name,
					    (int) strcspn(start, "#"), start, expected);
		if (files + size > UINT32_MAX || own + size > UINT32_MAX)
			return arena_printf(arena,
					    "%s of idmap has \"%.*s\", which goes beyond id 4294967294, the last "
					    "there is", map->name, (int) (text - start), start);
		if (relative && !map->n_container)
			return arena_printf(arena, "%s of idmap is relative (\"@\"), but the container has no %s",
					    map->name, *map->name == 'u' ? "uidMappings" : "gidMappings");
		if (!relative)
			add(arena, map, files, own, size);
		else if (!add_relative(arena, map, files, own, size))
			return arena_printf(arena,
					    "%s of idmap has \"%.*s\", but the container's user namespace has not all "
					    "of these ids",
					    map->name, (int) (text - start), start);
		if (map->n > IDMAP_MAX_LINES)
			return arena_printf(arena,
					    "%s of idmap has more than %d ranges, which is all that the kernel takes",
					    map->name, IDMAP_MAX_LINES);
		if (!*text)
			return NULL;
		text++;
	}
}

const char *idmap_option_read(struct arena *arena, const char *value, const struct oci_linux *linux,
			      struct idmap_option *out)
{
	struct map maps[] = { { .name = "uids" }, { .name = "gids" } };

	if (linux) {
		maps[0].container = linux->uid_mappings;
		maps[0].n_container = linux->n_uid_mappings;
		maps[1].container = linux->gid_mappings;
		maps[1].n_container = linux->n_gid_mappings;
	}
	for (const char *part = value; *part; part += strcspn(part, ";"), part += *part == ';') {
		size_t n = strcspn(part, ";");
		struct map *map = !strncmp(part, "uids=", 5) ? &maps[0] : !strncmp(part, "gids=", 5) ? &maps[1] : NULL;
		const char *fault;

		if (!map)
			return arena_printf(arena, "idmap has \"%.*s\" (expected uids=... and gids=...)", (int) n,
					    part);
		if (map->n)
			return arena_printf(arena, "idmap has %s twice", map->name);
		if ((fault = read_triplets(arena, arena_printf(arena, "%.*s", (int) (n - 5), part + 5), map)))
			return fault;
	}
	for (size_t i = 0; i < 2; i++)
		if (!maps[i].n)
			return arena_printf(arena, "idmap has no %s (uids and gids go together)", maps[i].name);
	*out = (struct idmap_option) { maps[0].list, maps[1].list, maps[0].n, maps[1].n };
	return NULL;
}
