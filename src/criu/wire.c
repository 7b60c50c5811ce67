/* wire.c - see wire.h */
#include <string.h>

#include "base/text.h"
#include "criu/wire.h"

enum { VARINT = 0,
       FIXED64 = 1,
       BYTES = 2,
       FIXED32 = 5 }; /* the wire's own types */

/* ---- writing -------------------------------------------------------------- */

static void put_varint(struct text *out, uint64_t value)
{
	unsigned char bytes[10];
	size_t n = 0;

	for (; value >= 0x80; value >>= 7)
		bytes[n++] = (unsigned char) (value | 0x80);
	bytes[n++] = (unsigned char) value;
	text_add_bytes(out, bytes, n);
}

static void put_number(struct text *out, unsigned number, uint64_t value)
{
	put_varint(out, number << 3 | VARINT);
	put_varint(out, value);
}

static void put_bytes(struct text *out, unsigned number, const void *bytes, size_t n)
{
	put_varint(out, number << 3 | BYTES);
	put_varint(out, n);
	text_add_bytes(out, bytes, n);
}

static void put_struct(struct text *out, unsigned number, const struct wire_type *type, const void *object)
{
	auto_text inner = { 0 };

	wire_write(type, object, &inner);
	put_bytes(out, number, inner.s, inner.n);
}

static void put_list(struct text *out, const struct wire_field *f, const struct wire_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		if (f->kind == WIRE_LIST) {
			put_struct(out, f->number, f->type, (const char *) list->items + i * f->type->size);
			continue;
		}
		const char *s = ((const char *const *) list->items)[i];
		put_bytes(out, f->number, s, strlen(s));
	}
}

void wire_write(const struct wire_type *type, const void *object, struct text *out)
{
	for (const struct wire_field *f = type->fields; f->kind; f++) {
		const void *member = (const char *) object + f->at;
		const void *pointer;
		int32_t number;

		switch ((enum wire_kind) f->kind) {
		case WIRE_BOOL:
			if (*(const bool *) member)
				put_number(out, f->number, 1);
			break;
		case WIRE_INT:
		case WIRE_OPTION:
			memcpy(&number, member, sizeof number);
			/* A negative int32 is sent as a 64-bit value. */
			if (number || f->kind == WIRE_INT)
				put_number(out, f->number, (uint64_t) (int64_t) number);
			break;
		case WIRE_TEXT:
			memcpy(&pointer, member, sizeof pointer);
			if (pointer)
				put_bytes(out, f->number, pointer, strlen(pointer));
			break;
		case WIRE_STRUCT:
			memcpy(&pointer, member, sizeof pointer);
			if (pointer)
				put_struct(out, f->number, f->type, pointer);
			break;
		case WIRE_LIST:
		case WIRE_TEXTS:
			put_list(out, f, member);
			break;
		case WIRE_CHARS:
		case WIRE_END:
			break;
		}
	}
}

/* ---- reading -------------------------------------------------------------- */

struct reader {
	const unsigned char *at, *end;
};

/* One field of a message. */
struct part {
	unsigned number;
	const unsigned char *bytes; /* NULL: a number */
	size_t n;
	uint64_t value;
};

enum step { PART_BAD = -1, PART_NONE, PART_GOOD };

static bool get_varint(struct reader *r, uint64_t *value)
{
	*value = 0;
	for (unsigned shift = 0; shift < 64 && r->at < r->end; shift += 7) {
		unsigned char byte = *r->at++;

		*value |= (uint64_t) (byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return true;
	}
	return false;
}

static bool skip(struct reader *r, uint64_t n)
{
	if (n > (uint64_t) (r->end - r->at))
		return false;
	r->at += n;
	return true;
}

static enum step next_part(struct reader *r, struct part *part)
{
	uint64_t head;
	bool good;

	if (r->at == r->end)
		return PART_NONE;
	*part = (struct part) { 0 };
	if (!get_varint(r, &head) || head >> 3 == 0 || head >> 3 > UINT16_MAX)
		return PART_BAD;
	part->number = (unsigned) (head >> 3);
	switch (head & 7) {
	case VARINT:
		good = get_varint(r, &part->value);
		break;
	case BYTES:
		good = get_varint(r, &part->value);
		part->bytes = r->at;
		part->n = part->value;
		good = good && skip(r, part->value);
		break;
	case FIXED64:
	case FIXED32:
		part->bytes = r->at;
		part->n = (head & 7) == FIXED64 ? 8 : 4;
		good = skip(r, part->n);
		break;
	default:
		good = false;
	}
	return good ? PART_GOOD : PART_BAD;
}

static bool store_number(const struct wire_field *f, char *member, uint64_t value)
{
	int32_t number = (int32_t) (uint32_t) value;

	if (f->kind == WIRE_BOOL)
		*(bool *) member = value != 0;
	else if (f->kind == WIRE_INT || f->kind == WIRE_OPTION)
		memcpy(member, &number, sizeof number);
	else
		return false;
	return true;
}

static bool store_bytes(const struct wire_field *f, char *member, const unsigned char *bytes, size_t n)
{
	if (f->kind == WIRE_STRUCT)
		return wire_read(f->type, member, bytes, n);
	if (f->kind != WIRE_CHARS)
		return false;
	if (n >= f->room)
		n = f->room - 1u;
	memcpy(member, bytes, n);
	member[n] = '\0';
	return true;
}

static const struct wire_field *find(const struct wire_type *type, unsigned number)
{
	for (const struct wire_field *f = type->fields; f->kind; f++)
		if (f->number == number)
			return f;
	return NULL;
}

bool wire_read(const struct wire_type *type, void *object, const void *bytes, size_t n)
{
	struct reader r = { bytes, (const unsigned char *) bytes + n };
	struct part part;
	enum step step;

	while ((step = next_part(&r, &part)) == PART_GOOD) {
		const struct wire_field *f = find(type, part.number);
		char *member = f ? (char *) object + f->at : NULL;

		if (f && !(part.bytes ? store_bytes(f, member, part.bytes, part.n)
				      : store_number(f, member, part.value)))
			return false;
	}
	return step == PART_NONE;
}
