/* text.c - see text.h */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "libocispec/json.h"

static char *reserve(struct text *t, size_t more)
{
	if (t->room - t->n <= more) {
		size_t room = t->room ? t->room : 128;
		while (room - t->n <= more)
			room *= 2;
		t->s = xrealloc(t->s, room);
		t->room = room;
	}
	return t->s + t->n;
}

void text_add_bytes(struct text *t, const void *bytes, size_t n)
{
	char *p = reserve(t, n);

	if (n)
		memcpy(p, bytes, n);
	p[n] = '\0';
	t->n += n;
}

void text_add(struct text *t, const char *s)
{
	text_add_bytes(t, s, strlen(s));
}

void text_addf(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n <= 0)
		return;
	char *p = reserve(t, (size_t) n);
	va_start(ap, fmt);
	vsnprintf(p, (size_t) n + 1, fmt, ap);
	va_end(ap);
	t->n += (size_t) n;
}

/* True if U+0080 to U+009F is at S: to a terminal, control characters like those below U+0020. */
static bool is_c1(const char *s)
{
	return (unsigned char) s[0] == 0xc2 && (unsigned char) s[1] >= 0x80 && (unsigned char) s[1] < 0xa0;
}

void text_add_json(struct text *t, const char *s)
{
	static const char escapes[] = { ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r' };

	text_add(t, "\"");
	while (*s) {
		unsigned char c = (unsigned char) *s;
		size_t n = json_utf8_sequence(s, strnlen(s, 4));
		if (n == 0) {
			text_add(t, "\xef\xbf\xbd");
			n = 1;
		} else if (c == '"' || c == '\\') {
			text_addf(t, "\\%c", c);
		} else if (c < sizeof escapes && escapes[c]) {
			text_addf(t, "\\%c", escapes[c]);
		} else if (c < 0x20 || c == 0x7f) {
			text_addf(t, "\\u%04x", c);
		} else if (is_c1(s)) {
			text_addf(t, "\\u%04x", (unsigned char) s[1]);
		} else {
			text_add_bytes(t, s, n);
		}
		s += n;
	}
	text_add(t, "\"");
}

void text_add_visible(struct text *t, const char *s)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char) *s;
		bool c1 = is_c1(s);

		text_add_bytes(t, c1 || c == 0x7f || (c < 0x20 && c != '\n' && c != '\t') ? "?" : s, 1);
		s += c1;
	}
}

size_t text_width(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char) *s & 0xc0) != 0x80;
	return n;
}

bool text_lies_below(const char *path, const char *folder)
{
	size_t n = folder[0] == '/' && !folder[1] ? 0 : strlen(folder);

	return strncmp(path, folder, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

char *text_path(const char *folder, const char *path)
{
	return *path == '/' ? xstrdup(path) : xasprintf("%s/%s", folder, path);
}

char *text_take(struct text *t)
{
	char *s = t->s ? t->s : xstrdup("");

	*t = (struct text) { 0 };
	return s;
}

void text_free(struct text *t)
{
	free(t->s);
	*t = (struct text) { 0 };
}
