/*
 * alloc.h - memory that never fails
 *
 * Running out of memory ends the program with a message, so there is no error
 * path to test.  What lives as long as a config is in its arena
 * (libocispec/arena.h); these are for the rest.
 */
#pragma once
#include <stddef.h>

/* All return memory that the caller frees. */
void *xmalloc(size_t size) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t n, size_t size) __attribute__((malloc, returns_nonnull));
void *xrealloc(void *p, size_t size) __attribute__((returns_nonnull));
char *xstrdup(const char *s) __attribute__((malloc, returns_nonnull));
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2), malloc, returns_nonnull));

/* Make room for one more element in the array *P of N elements of SIZE bytes
 * (its capacity doubles at each power of two) and return the new element, zeroed. */
void *xgrow(void *p, size_t n, size_t size) __attribute__((returns_nonnull));
