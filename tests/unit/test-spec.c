/* oci.desc describes all of the runtime-spec, and nothing else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "libocispec/ocispec.h"

static const struct { const char *name; const struct json_type *type; } documents[] = {
	{ "config", &oci_config_type }, { "state", &oci_state_type }, { "features", &oci_features_type },
	{ "container_process_state", &oci_container_process_state_type },
};

static const struct json_type *document(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(documents); i++)
		if (!strcmp(documents[i].name, name))
			return documents[i].type;
	FAIL("no document %s", name);
	return NULL;
}

/* The field that PATH ("linux.rdma{}.hcaHandles") names, and in NORMAL its path with every map as {}. */
static const struct json_field *resolve(const struct json_type *type, const char *path, char *normal, size_t size)
{
	const struct json_field *field = NULL;
	size_t used = 0;

	for (bool in_map = false; *path; path += strspn(path, ".")) {
		size_t n = strcspn(path, ".[{");
		if (in_map) {	/* a key of a map that the spec names: timeOffsets.boottime */
			in_map = false;
			path += n;
			used += (size_t) snprintf(normal + used, size - used, "{}");
			continue;
		}
		for (field = NULL; type && !field; type = field ? type : NULL)
			for (unsigned i = 0; i < type->n_fields && !field; i++)
				if (strlen(type->fields[i].name) == n && !strncmp(type->fields[i].name, path, n))
					field = &type->fields[i];
		if (!field)
			return NULL;
		used += (size_t) snprintf(normal + used, size - used, "%s%s", used ? "." : "", field->name);
		path += n;
		if (!strncmp(path, "[]", 2) || !strncmp(path, "{}", 2)) {
			used += (size_t) snprintf(normal + used, size - used, "%.2s", path);
			path += 2;
		} else {
			in_map = field->shape == JSON_MAP;
		}
		type = field->kind == JSON_OBJECT ? field->type : NULL;
	}
	return field;
}

/* Whether FIELD is what the spec calls TYPE. */
static bool fits(const struct json_field *field, const char *type)
{
	static const char *const names[] = {
		[JSON_BOOL] = "bool", [JSON_INT32] = "int32", [JSON_INT64] = "int64", [JSON_UINT16] = "uint16",
		[JSON_UINT32] = "uint32", [JSON_UINT64] = "uint64", [JSON_STRING] = "string", [JSON_OBJECT] = "object",
	};
	char copy[1000], *word, *rest;
	enum json_shape shape = *type == '[' ? JSON_LIST : *type == '{' ? JSON_MAP : JSON_ONE;

	snprintf(copy, sizeof copy, "%s", type + (shape != JSON_ONE));
	copy[strcspn(copy, "]}")] = '\0';
	if (field->shape == JSON_MAP && shape == JSON_ONE && !strcmp(copy, "object"))
		return true;	/* timeOffsets */
	if (field->shape != shape)
		return false;
	if (!strncmp(copy, "enum(", 5)) {
		if (field->kind == JSON_STRING)
			return true;	/* config_check() knows the words, test-config-checks.c tests it */
		if (field->kind != JSON_ENUM)
			return false;
		for (word = strtok_r(copy + 5, "|)", &rest); word; word = strtok_r(NULL, "|)", &rest)) {
			unsigned i = 1;
			while (i <= field->names->n && strcmp(field->names->names[i], word))
				i++;
			if (i > field->names->n)
				return false;
		}
		return true;
	}
	if (!strcmp(copy, "integer"))
		return field->kind >= JSON_INT32 && field->kind <= JSON_UINT64;
	return field->kind != JSON_ENUM && !strcmp(copy, names[field->kind]);
}

#define MAX_PROPERTIES 400
static char *seen[MAX_PROPERTIES];	/* "config linux.resources" */
static size_t n_seen;

static void see_line(const char *line)
{
	char name[64], path[200], type[1000], word[32] = "", normal[200];
	const struct json_field *field;
	bool required;

	assert_true(sscanf(line, "%63s %199s %999s %31s", name, path, type, word) >= 3);
	required = !strcmp(word, "required");
	field = resolve(document(name), path, normal, sizeof normal);
	if (!field)
		FAIL("oci.desc lacks %s %s", name, path);
	if (!strcmp(normal + strlen(normal) - 2, "{}"))
		return;		/* the value of a named key of a map has no field of its own */
	if (!fits(field, type))
		FAIL("%s %s is not of type %s in oci.desc", name, path, type);
	/* pids without a limit is what old clients send. */
	if (field->required != required && strcmp(path, "linux.resources.pids.limit"))
		FAIL("%s %s: required or not?", name, path);
	assert_true(n_seen < MAX_PROPERTIES);
	seen[n_seen++] = xasprintf("%s %s", name, normal);
}

static void look_back(const char *path, const struct json_type *type)
{
	char below[300];

	for (unsigned i = 0; i < type->n_fields; i++) {
		const struct json_field *field = &type->fields[i];
		size_t k = 0;
		snprintf(below, sizeof below, "%s%s", path, field->name);
		while (k < n_seen && strcmp(seen[k], below))
			k++;
		if (k == n_seen)
			FAIL("the spec has no %s", below);
		snprintf(below, sizeof below, "%s%s%s.", path, field->name,
			 field->shape == JSON_LIST ? "[]" : field->shape == JSON_MAP ? "{}" : "");
		if (field->kind == JSON_OBJECT)
			look_back(below, field->type);
	}
}

static void the_description_is_the_spec(void **state)
{
	FILE *f = fopen("tests/unit/spec-properties.txt", "re");
	char line[1400], path[64];

	(void) state;
	if (!f)
		FAIL("run this from the top folder");
	while (fgets(line, sizeof line, f))
		if (*line != '#' && *line != '\n')
			see_line(line);
	fclose(f);
	assert_true(n_seen > 250);
	for (size_t i = 0; i < ARRAY_SIZE(documents); i++) {
		snprintf(path, sizeof path, "%s ", documents[i].name);
		look_back(path, documents[i].type);
	}
	while (n_seen)
		free(seen[--n_seen]);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(the_description_is_the_spec) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
