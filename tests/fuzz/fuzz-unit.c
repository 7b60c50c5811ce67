/* Values of org.systemd.property.* annotations: what is accepted is sane, and the same when printed and read again. */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "libocispec/arena.h"
#include "libocispec/json.h"
#include "plan/unit.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool true_)
{
	if (!true_)
		abort();
}

static void print_string(struct text *t, const char *s)
{
	text_add(t, "'");
	for (; *s; s++) {
		must((unsigned char) *s >= ' ' && *s != 0x7f);
		if (*s == '\'' || *s == '\\')
			text_add(t, "\\");
		text_add_bytes(t, s, 1);
	}
	text_add(t, "'");
}

/* VALUE as GVariant writes it. */
static void print_value(struct text *t, const struct bus_value *value)
{
	if (!strcmp(value->type, "s")) {
		print_string(t, value->text);
	} else if (!strcmp(value->type, "as")) {
		text_add(t, "@as [");
		for (size_t i = 0; i < value->n; i++) {
			text_add(t, i ? ", " : "");
			print_string(t, ((char *const *) value->list)[i]);
		}
		text_add(t, "]");
	} else if (!strcmp(value->type, "b")) {
		text_add(t, value->number ? "true" : "false");
	} else if (!strcmp(value->type, "i")) {
		text_addf(t, "int32 %" PRId32, (int32_t) value->number);
	} else {
		text_addf(t, "@%s %" PRIu64, value->type, value->number);
	}
}

static void check_value(const char *type, const char *text)
{
	struct arena arena = { 0 };
	struct bus_value first, second;
	struct text a = { 0 }, b = { 0 };
	struct error err = { 0 };

	if (unit_value_parse(&arena, type, text, &first, &err) == 0) {
		must(!strcmp(first.type, type));
		must(strcmp(type, "u") != 0 || first.number <= UINT32_MAX);
		print_value(&a, &first);
		must(unit_value_parse(&arena, type, a.s, &second, &err) == 0);
		print_value(&b, &second);
		must(!strcmp(a.s, b.s));
	}
	text_free(&a);
	text_free(&b);
	arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const char *const types[] = { "b", "i", "u", "t", "s", "as" };
	static const char *const names[] = { "TimeoutStopSec", "After", "CollectMode", "KillSignal", "ExecStart" };
	char *text = malloc(n + 1);
	struct arena arena = { 0 };
	struct error err = { 0 };
	struct bus_value value;

	must(text != NULL);
	memcpy(text, bytes, n);
	text[n] = '\0';
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		check_value(types[i], text);
	unit_seconds_parse(text, &value, &err);
	unit_expand_slice(&arena, text);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char key[64], *keys[] = { key };
		struct unit_properties list = { 0 };

		snprintf(key, sizeof key, "org.systemd.property.%s", names[i]);
		unit_annotations(&arena, &(struct json_map) { .keys = keys, .values = (void *[]) { text }, .n = 1 }, &list, &err);
		must(list.n <= 1 && (i < 4 || list.n == 0));
	}
	arena_free(&arena);
	free(text);
	return 0;
}
