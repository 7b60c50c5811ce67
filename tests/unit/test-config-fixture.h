/* test-config-fixture.h - a config as text, and the one fault it has */
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "config/config.h"

static struct config config;
static struct error err;
static inline void parse(const char *text)
{
	config_free(&config);
	config_parse(text, strlen(text), "x/config.json", &config, &err);
}

/* A sound config but for MEMBERS, which may replace what is given here. */
static inline char *with(const char *members)
{
	auto_text t = { 0 };

	text_add(&t, "{");
	if (!strstr(members, "\"ociVersion\""))
		text_add(&t, "\"ociVersion\":\"1.3.0\",");
	if (!strstr(members, "\"root\""))
		text_add(&t, "\"root\":{\"path\":\"rootfs\"},");
	if (!strstr(members, "\"linux\""))
		text_add(&t, "\"linux\":{\"namespaces\":[{\"type\":\"mount\"}]},");
	text_addf(&t, "%s}", members);
	return text_take(&t);
}

#define LINUX(members) "\"linux\":{\"namespaces\":[{\"type\":\"mount\"},{\"type\":\"ipc\"},{\"type\":\"uts\"},{\"type\":" \
	"\"network\"}]," members "}"
#define PROCESS(members) "\"process\":{\"cwd\":\"/\",\"args\":[\"a\"]," members "}"
#define RESOURCES(members) LINUX("\"resources\":{" members "}")

static inline void assert_fine(const char *members)
{
	auto_free char *text = with(members);

	parse(text);
	if (config.faults.n)
		FAIL("%s: %s", config.faults.list[0].pointer, config.faults.list[0].message);
}

/* There is one fault, "POINTER MESSAGE", and it lies where MEMBERS have an "@". */
static inline void assert_fault(const char *members, const char *wanted)
{
	auto_free char *text = with(members);
	char *mark = strchr(text, '@');
	auto_free char *got = NULL;

	assert_non_null(mark);
	memmove(mark, mark + 1, strlen(mark));
	parse(text);
	assert_true(config.faults.n > 0);
	got = xasprintf("%s %s", config.faults.list[0].pointer, config.faults.list[0].message);
	assert_string_equal(got, wanted);
	if (config.faults.n > 1)
		FAIL("and %s: %s", config.faults.list[1].pointer, config.faults.list[1].message);
	assert_int_equal(config.faults.list[0].line, 1);
	assert_int_equal(config.faults.list[0].column, mark - text + 1);
	assert_int_equal(err.code, ERROR_CONFIG);
	assert_string_equal(err.pointer, config.faults.list[0].pointer);
}

struct pair { const char *members, *wanted; };

static inline void assert_faults(const struct pair *pairs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_fault(pairs[i].members, pairs[i].wanted);
}

#define ASSERT_FAULTS(...) assert_faults((const struct pair[]) { __VA_ARGS__ }, \
					 sizeof((const struct pair[]) { __VA_ARGS__ }) / sizeof(struct pair))
