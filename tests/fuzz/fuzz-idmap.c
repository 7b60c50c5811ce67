/* crun's mount option idmap=...: what is accepted is a map that the kernel could accept, and its relative ranges lie in the container's. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/idmap-option.h"
#include "libocispec/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool true_)
{
	if (!true_)
		abort();
}

static void check_map(const struct oci_id_mapping *map, size_t n)
{
	must(n > 0 && n <= 340);
	for (size_t i = 0; i < n; i++) {
		must(map[i].size > 0);
		must((uint64_t) map[i].container_id + map[i].size <= UINT32_MAX);
		must((uint64_t) map[i].host_id + map[i].size <= UINT32_MAX);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct oci_id_mapping maps[] = { { 0, 100000, 1000 }, { 1000, 5000, 1 }, { 1001, 300000, 64000 } };
	const struct oci_linux linux = { .uid_mappings = maps, .n_uid_mappings = 3, .gid_mappings = maps, .n_gid_mappings = 2 };
	struct arena arena = { 0 };
	char *text = arena_alloc(&arena, n + 1);
	struct idmap_option map;

	memcpy(text, bytes, n);
	for (int i = 0; i < 2; i++)
		if (!idmap_option_read(&arena, text, i ? &linux : NULL, &map)) {
			check_map(map.uids, map.n_uids);
			check_map(map.gids, map.n_gids);
		}
	arena_free(&arena);
	return 0;
}
