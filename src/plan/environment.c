/*
 * environment.c - process.env as execve(2) takes it
 *
 * If a key is doubled the last value counts, at the place of the first: what
 * clients append overrides what the image set.  The keys go through a hash
 * table, because Kubernetes passes thousands of them.
 */
#include <string.h>

#include "libocispec/hash.h"
#include "plan/planner.h"

static size_t key_length(const char *entry)
{
	return strcspn(entry, "=");
}

static bool same_key(const char *a, const char *b, size_t length)
{
	return key_length(a) == length && !strncmp(a, b, length);
}

void plan_environment(struct arena *arena, const struct oci_process *process, struct process_plan *out)
{
	char **env = arena_alloc(arena, (process->n_env + 1) * sizeof *env);
	const uint64_t seed = hash_seed();
	size_t n = 0, slots = 8, *table;	/* index into env, plus one; 0: free */

	while (slots < 2 * process->n_env)
		slots *= 2;
	table = arena_alloc(arena, slots * sizeof *table);
	for (size_t i = 0; i < process->n_env; i++) {
		char *entry = process->env[i];
		size_t length = key_length(entry), at = hash_bytes(seed, entry, length) & (slots - 1);

		while (table[at] && !same_key(env[table[at] - 1], entry, length))
			at = (at + 1) & (slots - 1);
		if (!table[at])
			table[at] = ++n;
		env[table[at] - 1] = entry;
	}
	out->env = env;
	out->n_env = n;
}
