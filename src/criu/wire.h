/*
 * wire.h - structs to protobuf and back, driven by tables
 *
 * CRIU speaks protocol buffers.  Its messages need only four kinds of value,
 * and no generated code: a table says which member has which number on the
 * wire, as libocispec's tables do for JSON.  Fields not in the table are
 * skipped, so that a newer CRIU may say more than we understand.
 *
 * Format: https://protobuf.dev/programming-guides/encoding/ - a field is a
 * varint `number << 3 | type` and then a varint (type 0) or a length and so
 * many bytes (type 2).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text;

enum wire_kind {
	WIRE_END,
	WIRE_BOOL,   /* bool; false is not sent */
	WIRE_INT,    /* int32_t, always sent */
	WIRE_OPTION, /* int32_t; 0 is not sent */
	WIRE_TEXT,   /* const char *; NULL is not sent.  Only written */
	WIRE_CHARS,  /* char[room], cut to fit.  Only read */
	WIRE_STRUCT, /* a struct of `type`: read into the member itself, written through a pointer (NULL: not sent) */
	WIRE_LIST,   /* struct wire_list of structs of `type`.  Only written */
	WIRE_TEXTS,  /* struct wire_list of const char *.  Only written */
};

struct wire_list {
	void *items; /* from xgrow() */
	size_t n;
};

struct wire_field {
	uint16_t number;
	uint8_t kind;
	uint16_t at;		      /* offset of the member */
	uint16_t room;		      /* CHARS */
	const struct wire_type *type; /* STRUCT, LIST */
};

struct wire_type {
	size_t size; /* of the struct */
	const struct wire_field *fields;
};

/* Add the message OBJECT of TYPE to OUT. */
void wire_write(const struct wire_type *type, const void *object, struct text *out);

/* Fill the zeroed OBJECT from the N BYTES of a message.  False if they are not one: then OBJECT must not be used.  If a
 * field comes twice the last one counts. */
bool wire_read(const struct wire_type *type, void *object, const void *bytes, size_t n);
