/*
 * json.h - JSON text to C structs and back, by tables
 *
 * oci.desc describes the structs, gen.awk generates them and their tables, and
 * the functions below interpret the tables.  yajl does the lexing.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum json_kind { JSON_BOOL, JSON_INT32, JSON_INT64, JSON_UINT16, JSON_UINT32, JSON_UINT64,
		 JSON_STRING, JSON_ENUM, JSON_OBJECT };
enum json_shape { JSON_ONE, JSON_LIST, JSON_MAP };

struct json_enum { unsigned n; const char *names[24]; };

struct json_field {
	const char *name;		/* the JSON key */
	uint8_t kind, shape;
	bool required, has_twin;
	uint16_t at;			/* offset of the member */
	uint16_t twin;			/* offset of its has_ or n_ twin */
	union {
		const struct json_type *type;	/* JSON_OBJECT */
		const struct json_enum *names;	/* JSON_ENUM */
	};
};

struct json_type {
	const char *name;
	uint32_t size;
	uint32_t n_fields;
	const struct json_field *fields;
};

/* An object used as a map, in the order of the file. */
struct json_map { char **keys; void **values; size_t n; };

/* The compiler checks that a table row fits the member it describes. */
#define JSON_CHECK(T, member, ctype) \
	_Static_assert(__builtin_types_compatible_p(__typeof__(((struct T *)0)->member), ctype), \
		       "the .desc file and " #T "." #member " disagree")

struct arena;

/* One thing that is wrong with a text. */
struct json_fault {
	char pointer[256];	/* RFC 6901 */
	char message[256];	/* what is wrong and what was expected */
	unsigned line, column;	/* from 1, column in bytes; 0 until located */
};

/* All that is wrong; at most JSON_MAX_FAULTS are kept. */
#define JSON_MAX_FAULTS 64
struct json_faults {
	struct json_fault *list;	/* in the arena */
	size_t n;
	struct arena *arena;
};

/* Add a fault whose place is not known yet. */
void json_fault_add(struct json_faults *faults, const char *pointer, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* N bytes of S in double quotes, fit for a message: on one line, cut to fit OUT, which is returned. */
const char *json_quote(char *out, size_t size, const char *s, size_t n);

/* Length of the UTF-8 sequence (RFC 3629) that begins the N bytes at S, at least one, or 0 if none does: no overlong
 * form, no surrogate, nothing above U+10FFFF. */
size_t json_utf8_sequence(const char *s, size_t n);

/* Add "/KEY", escaped as in RFC 6901, to POINTER, a buffer of SIZE bytes. */
void json_pointer_add(char *pointer, size_t size, const char *key);

/*
 * Fill a new object of TYPE from TEXT; it lives in A.  All faults that can be found are added to
 * FAULTS, each with its place: the first byte of the value its pointer names, or of the object that
 * lacks it.  A value of the wrong kind is left out (its member, or its place in a list, stays zero)
 * and reading goes on.  NULL if the text is no JSON object at all, which is then the last fault:
 * bad syntax, bad UTF-8, nested too deep, or more faults than are kept.  With faults->n > 0 the
 * object is incomplete, but every pointer in it is valid or NULL.
 *
 * A type whose only field is a list may be written as that list alone.
 *
 * null stands for "not given", unknown keys are skipped, an empty array is not NULL.
 */
void *json_read(struct arena *a, const struct json_type *type, const char *text, size_t len,
		struct json_faults *faults);

/* The place of the value that POINTER names (or of its nearest parent that exists), for faults that
 * are found after reading.  Lines and columns count from 1.  False if the text holds no value. */
bool json_locate(const char *text, size_t len, const char *pointer, unsigned *line, unsigned *column);

/* OBJECT of TYPE as JSON; PRETTY: indented by two blanks, as Go does it.  The caller frees.  LEN may be NULL. */
char *json_write(const struct json_type *type, const void *object, bool pretty, size_t *len);

/* The value of KEY in a map of strings, or NULL. */
const char *json_map_get(const struct json_map *map, const char *key);
