/*
 * json-keys.c - has this key been given already?
 *
 * Go takes the last of two equal keys, yajl's tree the first: a config that
 * two programs read differently is refused.  For structs the reader has a bit
 * per field; this table serves maps and unknown objects.  It is a hash table
 * because comparing in pairs could take seconds for a pod's annotations; its
 * seed is random because they could also be chosen to collide.
 */
#include <string.h>
#include <sys/auxv.h>

#include "libocispec/arena.h"
#include "libocispec/json-inner.h"

/* FNV-1a, starting from a secret. */
static uint64_t hash(uint64_t seed, unsigned object, const char *key)
{
	uint64_t h = (seed ^ object) * 0x100000001b3;

	for (; *key; key++)
		h = (h ^ (unsigned char) *key) * 0x100000001b3;
	return h ^ h >> 32;
}

static struct json_key *find(struct json_keys *keys, unsigned object, const char *key)
{
	size_t i = hash(keys->seed, object, key) & (keys->room - 1);

	while (keys->slots[i].key && (keys->slots[i].object != object || strcmp(keys->slots[i].key, key)))
		i = (i + 1) & (keys->room - 1);
	return &keys->slots[i];
}

static void grow(struct json_keys *keys, struct arena *a)
{
	struct json_keys old = *keys;

	if (!keys->seed) {
		const void *random = (const void *) getauxval(AT_RANDOM);
		if (random)
			memcpy(&keys->seed, random, sizeof keys->seed);
		keys->seed |= 1;
	}
	keys->room = old.room ? 2 * old.room : 32;
	keys->slots = arena_alloc(a, keys->room * sizeof *keys->slots);
	for (size_t i = 0; i < old.room; i++)
		if (old.slots[i].key)
			*find(keys, old.slots[i].object, old.slots[i].key) = old.slots[i];
}

bool json_keys_add(struct json_keys *keys, struct arena *a, unsigned object, const char *key)
{
	struct json_key *slot;

	if (2 * keys->n >= keys->room)
		grow(keys, a);
	slot = find(keys, object, key);
	if (slot->key)
		return false;
	*slot = (struct json_key) { .key = key, .object = object };
	keys->n++;
	return true;
}
