/*
 * json-text.c - the bytes of a text: UTF-8, places, quoting, pointers
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "libocispec/arena.h"
#include "libocispec/json-inner.h"

size_t json_utf8_sequence(const char *text, size_t n)
{
	const unsigned char *s = (const unsigned char *) text;
	size_t want = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 0;

	if (want > n)
		return 0;
	for (size_t i = 1; i < want; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf0 && s[1] < 0x90) ||
	    (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return want;
}

size_t json_utf8(const char *s, size_t n)
{
	size_t i = 0, length;
	uint64_t eight;

	while (i < n) {
		/* Nearly all of every config is ASCII. */
		if (n - i >= sizeof eight) {
			memcpy(&eight, s + i, sizeof eight);
			if (!(eight & 0x8080808080808080)) {
				i += sizeof eight;
				continue;
			}
		}
		if (!(length = json_utf8_sequence(s + i, n - i)))
			break;
		i += length;
	}
	return i;
}

void json_place(const char *text, size_t at, unsigned *line, unsigned *column)
{
	const char *start = text, *end = text + at, *newline;

	*line = 1;
	while ((newline = memchr(start, '\n', (size_t) (end - start)))) {
		++*line;
		start = newline + 1;
	}
	*column = (unsigned) (end - start) + 1;
}

const char *json_quote(char *out, size_t size, const char *s, size_t n)
{
	static const char dots[] = "...\"";
	size_t at = 1, i, length;
	char one[8];

	snprintf(out, size, "\"");
	for (i = 0; i < n; i += length) {
		unsigned char c = (unsigned char) s[i];
		length = json_utf8_sequence(s + i, n - i);
		if (!length || c < 0x20 || c == 0x7f)
			snprintf(one, sizeof one, length ? "\\u%04x" : "\\x%02x", c);
		else if (c == '"' || c == '\\')
			snprintf(one, sizeof one, "\\%c", c);
		else
			snprintf(one, sizeof one, "%.*s", (int) length, s + i);
		if (!length)
			length = 1;
		if (at + strlen(one) + sizeof dots > size)
			break;
		at += (size_t) snprintf(out + at, size - at, "%s", one);
	}
	snprintf(out + at, size - at, "%s", i < n ? dots : "\"");
	return out;
}

void json_pointer_add(char *pointer, size_t size, const char *key)
{
	size_t n = strlen(pointer);

	if (n + 1 < size)
		pointer[n++] = '/';
	for (; *key && n + 2 < size; key++) {
		if (*key == '~' || *key == '/')
			pointer[n++] = '~';
		pointer[n++] = *key == '~' ? '0' : *key == '/' ? '1' : *key;
	}
	pointer[n] = '\0';
}

void json_fault_add(struct json_faults *faults, const char *pointer, const char *fmt, ...)
{
	struct json_fault *fault;
	va_list ap;

	if (faults->n == JSON_MAX_FAULTS)
		return;
	fault = arena_push(faults->arena, &faults->list, faults->n, sizeof *fault);
	faults->n++;
	*fault = (struct json_fault) { 0 };
	snprintf(fault->pointer, sizeof fault->pointer, "%s", pointer);
	va_start(ap, fmt);
	vsnprintf(fault->message, sizeof fault->message, fmt, ap);
	va_end(ap);
}
