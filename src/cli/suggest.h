/*
 * suggest.h - "did you mean"
 *
 *	struct suggestion best = { 0 };
 *	for (each known word)
 *		suggestion_try(&best, typed, strlen(typed), word);
 *	if (best.word) ...
 */
#pragma once
#include <stddef.h>

struct suggestion {
	const char *word;	/* the closest so far; NULL: none is close enough */
	unsigned distance;
};

/* Keep WORD if it is closer to TYPED, of LENGTH bytes, than the one kept so far. */
void suggestion_try(struct suggestion *best, const char *typed, size_t length, const char *word);
