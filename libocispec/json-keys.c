/*
 * json-keys.c - has this key been given already?
 *
 * Go takes the last of two equal keys, yajl's tree the first: a config that
 * two programs read differently is refused.  For structs the reader has a bit
 * per field; this table serves maps and unknown objects.  It is a hash table
 * because comparing in pairs could take seconds for a pod's annotations.
 */
#include <string.h>

#include "libocispec/arena.h"
#include "libocispec/hash.h"
#include "libocispec/json-inner.h"

static struct json_key *find(struct json_keys *keys, unsigned object, const char *key)
{
	size_t i = hash_bytes(keys->seed ^ object, key, strlen(key)) & (keys->room - 1);

	while (keys->slots[i].key && (keys->slots[i].object != object || strcmp(keys->slots[i].key, key)))
		i = (i + 1) & (keys->room - 1);
	return &keys->slots[i];
}

static void grow(struct json_keys *keys, struct arena *a)
{
	struct json_keys old = *keys;

	keys->seed = hash_seed();
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
