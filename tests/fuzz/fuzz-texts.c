/*
 * fuzz-texts.c - small foreign texts: an image's passwd, --user and --cwd of exec, base64
 *
 * The first byte chooses.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "container/exec-options.h"
#include "process/passwd.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool true_)
{
	if (!true_)
		abort();
}

static void try_passwd(char *text, size_t n)
{
	const char *home = passwd_find_home(text, 1000);

	must(!home || (home > text && home < text + n && *home == '/' && !strpbrk(home, ":\n")));
}

/* What is taken is what was written: "UID" or "UID:GID", and nothing else. */
static void try_user(const char *text)
{
	static const char spec[] =
		"{\"ociVersion\":\"1.0.0\",\"root\":{\"path\":\"r\"},\"linux\":{\"namespaces\":[{\"type\":\"mount\"}]},"
		"\"process\":{\"cwd\":\"/\",\"args\":[\"a\"],\"user\":{\"uid\":7,\"gid\":8}}}";
	struct config config = { 0 }, loaded = { 0 };
	char *args[] = { "true", NULL }, printed[64];
	struct exec_options options = { .user = text, .args = args, .loaded = &loaded };
	struct error err = { 0 };
	const struct oci_process *p;
	const char *colon = strchr(text, ':');

	must(config_parse(spec, sizeof spec - 1, "config.json", &config, &err) == 0);
	p = exec_process(&options, &config, &err);
	must(p || err.message[0]);
	if (p && p->user) {
		size_t zeros = strspn(text, "0");

		snprintf(printed, sizeof printed, colon ? "%" PRIu32 ":%" PRIu32 : "%" PRIu32, p->user->uid, p->user->gid);
		must(strlen(text) >= strlen(printed) && text[strspn(text, "0123456789:")] == '\0');
		if (!zeros && !(colon && colon[1] == '0'))
			must(!strcmp(text, printed));
		if (!colon)
			must(p->user->gid == 8);
	}
	config_free(&config);
	config_free(&loaded);
}

static void try_base64(const char *text)
{
	size_t n = 0;
	auto_free unsigned char *bytes = base64_decode(text, &n);

	if (bytes)
		must(n <= strlen(text) / 4 * 3 + 2 && n >= strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") / 4 * 3);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	auto_free char *text = malloc(n + 1);

	if (!n || !text)
		return 0;
	memcpy(text, bytes + 1, n - 1);
	text[n - 1] = '\0';
	switch (bytes[0]) {
	case 'p':
		try_passwd(text, n);
		break;
	case 'u':
		try_user(text);
		break;
	case 'b':
		try_base64(text);
		break;
	}
	return 0;
}
