/*
 * hash.h - for tables whose keys others choose
 *
 * An image or a pod can bring hundreds of thousands of keys.  If it knew where
 * each will lie, it could let all of them collide, and finding one would mean
 * looking at all.  So a secret goes into every hash.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* The secret, the same as long as this process runs; never 0. */
uint64_t hash_seed(void);

/* The hash of the N bytes at KEY (FNV-1a, starting from SEED). */
uint64_t hash_bytes(uint64_t seed, const char *key, size_t n);
