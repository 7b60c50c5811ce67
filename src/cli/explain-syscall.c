/* explain-syscall.c - see explain-syscall.h */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/number.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/explain-syscall.h"
#include "config/config.h"
#include "plan/print-listing.h"
#include "plan/seccomp-why.h"

/* Decimal, or hexadecimal after "0x", as flags are written. */
static bool parse_value(const char *text, uint64_t *value)
{
	char *end;

	if (strncmp(text, "0x", 2))
		return number_parse(text, 0, UINT64_MAX, value);
	if (!text[2] || strspn(text + 2, "0123456789abcdefABCDEF") != strlen(text + 2))
		return false;
	errno = 0;
	*value = strtoull(text + 2, &end, 16);
	return !errno && !*end;
}

/* "0=8", or "arg0=8". */
static bool parse_argument(char *text, struct seccomp_question *question)
{
	char *equals = strchr(text, '=');
	uint64_t i;

	if (!equals)
		return false;
	*equals = '\0';
	if (!strncmp(text, "arg", 3))
		text += 3;
	if (!number_parse(text, 0, 5, &i) || !parse_value(equals + 1, &question->arguments[i]))
		return false;
	question->known[i] = true;
	return true;
}

/* The name points into TEXT, which is modified. */
static int parse_question(char *text, struct seccomp_question *question, struct error *err)
{
	*question = (struct seccomp_question) { .name = strsep(&text, ",") };
	while (text) {
		char *word = strsep(&text, ",");
		auto_free char *whole = xstrdup(word);

		if (!parse_argument(word, question))
			return fail_code(err, ERROR_USAGE,
					 "invalid --syscall argument \"%s\": expected N=VALUE with N from 0 to 5",
					 whole);
	}
	return 0;
}

/* "config.json:12:5", or nothing if the value is not written in the file. */
static const char *place_of(struct arena *arena, const struct config *config, const char *pointer)
{
	struct error at = { 0 };

	snprintf(at.pointer, sizeof at.pointer, "%s", pointer);
	config_locate(config, &at);
	return at.line ? arena_printf(arena, "%s:%u:%u", at.file, at.line, at.column) : "";
}

static void print_text(struct arena *arena, const struct config *config, const char *name,
		       const struct seccomp_answer *answers, size_t n, struct text *out)
{
	struct listing t = { .arena = arena };

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < answers[i].n; k++) {
			const struct seccomp_answer *a = &answers[i];
			const struct seccomp_case *c = &a->cases[k];
			const char *otherwise = a->n > 1 ? "else:" : "";
			const char *when = c->conditions ? arena_printf(arena, "if %s:", c->conditions) : otherwise;

			listing_row(&t, k ? "" : a->arch,
				    k ? "" : arena_printf(arena, a->by ? "%u (%s)" : "%u", a->number, a->by), when,
				    seccomp_action_words(arena, c->action),
				    c->newer ? "(newer than the profile)" :
				    c->excluded ? "(not among the profile's architectures)" : c->pointer,
				    place_of(arena, config, c->pointer));
		}
	text_addf(out, "%s\n", name);
	if (n)
		listing_print(&t, out);
	else
		text_add(out, "  has no number on these architectures: it cannot be called\n");
}

static void print_json(const struct seccomp_answer *answers, size_t n, const char *name, struct arena *arena,
		       struct text *out)
{
	text_add(out, "{\"syscall\":");
	text_add_json(out, name);
	text_add(out, ",\"answers\":[");
	for (size_t i = 0; i < n; i++) {
		text_addf(out, "%s{\"arch\":\"%s\",\"number\":%u,", i ? "," : "", answers[i].arch, answers[i].number);
		if (answers[i].by)
			text_addf(out, "\"by\":\"%s\",", answers[i].by);
		text_add(out, "\"cases\":[");
		for (size_t k = 0; k < answers[i].n; k++) {
			const struct seccomp_case *c = &answers[i].cases[k];

			text_addf(out, "%s{", k ? "," : "");
			if (c->conditions)
				text_addf(out, "\"if\":\"%s\",", c->conditions);
			text_addf(out, "\"action\":\"%s\",\"returns\":%u,\"pointer\":\"%s\"%s%s}",
				  seccomp_action_words(arena, c->action),
				  c->action, c->pointer, c->newer ? ",\"newer\":true" : "",
				  c->excluded ? ",\"excluded\":true" : "");
		}
		text_add(out, "]}");
	}
	text_add(out, "]}\n");
}

int explain_syscall(const struct config *config, const char *question, bool json, struct error *err)
{
	const struct oci_linux *linux_part = config->spec->linux;
	const struct seccomp_answer *answers = NULL;
	auto_free char *text = xstrdup(question);
	struct seccomp_question asked;
	struct arena arena = { 0 };
	auto_text out = { 0 };
	size_t n = 0;
	int result;

	if (parse_question(text, &asked, err) < 0)
		return -1;
	if (json_map_get(&config->spec->annotations, "run.oci.seccomp_bpf_data"))
		return fail_at(err, "/annotations/run.oci.seccomp_bpf_data",
			       "gives a program as it is: it has no rules that could be named");
	if (!linux_part || !linux_part->seccomp)
		return fail_code(err, ERROR_CONFIG, "there is no seccomp profile: every system call is allowed");
	result = seccomp_why(&arena, linux_part->seccomp, &asked, &answers, &n, err);
	if (result == 0) {
		if (json)
			print_json(answers, n, asked.name, &arena, &out);
		else
			print_text(&arena, config, asked.name, answers, n, &out);
		result = output(&out, err);
	}
	arena_free(&arena);
	return result;
}
