/* config.json is foreign text: whatever it holds, it is read, checked and written again without a mistake. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool true_)
{
	if (!true_)
		abort();
}

/* What was read is written, and read again to the same text, indented or not. */
static void write_and_read_again(struct arena *arena, const struct oci_config *spec)
{
	struct json_faults faults = { .arena = arena };
	size_t n, pretty_n;
	char *text = json_write(&oci_config_type, spec, false, &n);
	char *pretty = json_write(&oci_config_type, spec, true, &pretty_n);
	char *again = json_write(&oci_config_type, json_read(arena, &oci_config_type, pretty, pretty_n, &faults), false, NULL);

	must(faults.n == 0 && strlen(text) == n && strlen(pretty) == pretty_n);
	must(!strcmp(text, again));
	free(text);
	free(pretty);
	free(again);
}

static void look_at_faults(const struct config *config, const struct error *err)
{
	const struct json_fault *list = config->faults.list;
	unsigned line, column;

	must(!strcmp(err->message, list[0].message) && err->line == list[0].line);
	for (size_t i = 0; i < config->faults.n; i++) {
		must(list[i].message[0] && list[i].line && list[i].column);
		must(!i || list[i - 1].line < list[i].line ||
		     (list[i - 1].line == list[i].line && list[i - 1].column <= list[i].column));
		json_locate(config->text, config->length, list[i].pointer, &line, &column);
	}
}

/* The place of a fault is where json_locate() finds its pointer; a key is a place that no pointer names. */
static void locate_agrees(const char *text, size_t n, const struct json_faults *faults)
{
	static const char *const of_keys[] = { "given twice", "not valid JSON", "\\u", "UTF-8" };
	unsigned line, column;

	for (size_t i = 0; i < faults->n; i++)
		for (size_t k = 0; k < ARRAY_SIZE(of_keys); k++)
			if (strstr(faults->list[i].message, of_keys[k]))
				return;
	for (size_t i = 0; i < faults->n; i++) {
		const struct json_fault *f = &faults->list[i];
		if (strlen(f->pointer) < sizeof f->pointer - 8)
			must(json_locate(text, n, f->pointer, &line, &column) && line == f->line && column == f->column);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct config config;
	struct arena arena = { 0 };
	struct json_faults faults = { .arena = &arena };
	struct error err;
	const struct oci_config *spec;

	if (config_parse((const char *) bytes, n, "config.json", &config, &err) < 0)
		look_at_faults(&config, &err);
	else
		must(config.spec && config.faults.n == 0);
	config_free(&config);

	spec = json_read(&arena, &oci_config_type, (const char *) bytes, n, &faults);
	must(spec || faults.n);
	locate_agrees((const char *) bytes, n, &faults);
	if (!faults.n)
		write_and_read_again(&arena, spec);
	arena_free(&arena);
	return 0;
}
