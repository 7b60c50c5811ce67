/*
 * suggest.h - "did you mean"
 *
 *	struct suggestion best = { 0 };
 *	for (each word there is)
 *		suggestion_try(&best, typed, strlen(typed), word);
 *	if (best.word) ...
 */
#pragma once
#include <stddef.h>

struct suggestion {
	const char *word;	/* the nearest so far, NULL: none is near enough */
	unsigned distance;
};

/* Keep WORD if it is nearer to TYPED, of LENGTH bytes, than what was kept before. */
void suggestion_try(struct suggestion *best, const char *typed, size_t length, const char *word);
