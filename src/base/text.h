/*
 * text.h - text that grows
 *
 *	struct text t = { 0 };
 *	text_addf(&t, "%d\n", 3);
 *	...
 *	text_free(&t);
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct text {
	char *s;	/* always ends in '\0' once anything was added; NULL before */
	size_t n;	/* bytes, without the '\0' */
	size_t room;
};

#define auto_text __attribute__((cleanup(text_free))) struct text

void text_add(struct text *t, const char *s);
void text_add_bytes(struct text *t, const void *bytes, size_t n);
void text_addf(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Add S as a JSON string with its quotes.  Bytes that are not UTF-8 become U+FFFD, so that no file
 * name can break a client's log; control characters are escaped, so that none can tamper with a terminal.
 * Slashes are left alone. */
void text_add_json(struct text *t, const char *s);

/* Add S, which may come from a container or its image, for a terminal: whatever would do more than print (control
 * characters other than newline and tab, U+0080 to U+009F) becomes '?'. */
void text_add_visible(struct text *t, const char *s);

/* How wide S is in a table: the number of its UTF-8 characters. */
size_t text_width(const char *s);

/* True if PATH is FOLDER or lies below it, judged by their text alone; both are absolute, without ".", "..", doubled or
 * trailing slashes. */
bool text_lies_below(const char *path, const char *folder);

/* PATH as seen from FOLDER: PATH itself if it is absolute.  The caller frees it. */
char *text_path(const char *folder, const char *path);

/* The text, never NULL; the caller frees it and T is empty again. */
char *text_take(struct text *t);
void text_free(struct text *t);
