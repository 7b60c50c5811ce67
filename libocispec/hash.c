/* hash.c - see hash.h */
#include <string.h>
#include <sys/auxv.h>

#include "libocispec/hash.h"

#define PRIME 0x100000001b3u

uint64_t hash_seed(void)
{
	/* 16 random bytes from the kernel (getauxval(3)). */
	const void *random = (const void *) getauxval(AT_RANDOM);
	uint64_t seed = 0;

	if (random)
		memcpy(&seed, random, sizeof seed);
	return seed | 1;
}

uint64_t hash_bytes(uint64_t seed, const char *key, size_t n)
{
	uint64_t h = seed * PRIME;

	for (; n > 0; n--)
		h = (h ^ (unsigned char) *key++) * PRIME;
	return h ^ h >> 32;
}
