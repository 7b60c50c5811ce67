/* json-inner.h - what json-*.c share and nothing else needs */
#pragma once
#include "libocispec/json.h"

#define JSON_MAX_DEPTH 32

/* Whether the N bytes of the JSON number S are a whole number, in any spelling (1e3, 10.0, -0). */
enum json_number { NUMBER_WHOLE, NUMBER_FRACTION, NUMBER_TOO_BIG };
enum json_number json_number(const char *s, size_t n, bool *negative, uint64_t *value);

/* The offset of the first byte of S that is not UTF-8 (RFC 3629), or N. */
size_t json_utf8(const char *s, size_t n);

/* The keys of maps, whose keys are not known beforehand, to find those given twice. */
struct json_keys {
	struct json_key { const char *key; unsigned object; } *slots;
	size_t n, room;
	uint64_t seed;
};

/* Note KEY (which must live as long as KEYS) of OBJECT; false if it is there already. */
bool json_keys_add(struct json_keys *keys, struct arena *a, unsigned object, const char *key);

/* Line and column, from 1, of the byte at offset AT. */
void json_place(const char *text, size_t at, unsigned *line, unsigned *column);

/* The number that four hexadecimal digits make. */
static inline unsigned json_hex4(const char *s)
{
	unsigned code = 0;

	for (int i = 0; i < 4; i++)
		code = code << 4 | (unsigned) ((s[i] | 32) >= 'a' ? (s[i] | 32) - 'a' + 10 : s[i] - '0') % 16;
	return code;
}

static inline size_t json_element_size(const struct json_field *f)
{
	static const uint8_t sizes[] = {
		[JSON_BOOL] = sizeof(bool), [JSON_INT32] = 4, [JSON_INT64] = 8, [JSON_UINT16] = 2, [JSON_UINT32] = 4,
		[JSON_UINT64] = 8, [JSON_STRING] = sizeof(char *), [JSON_ENUM] = sizeof(int),
	};

	return f->kind == JSON_OBJECT ? f->type->size : sizes[f->kind];
}
