/* What CRIU and its log say, and what the kernel says about a container's mounts and connections. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "checkpoint/preflight.h"
#include "criu/dump-log.h"
#include "criu/rpc.h"
#include "sys/mountinfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool true_)
{
	if (!true_)
		abort();
}

/* Texts end, and a number goes out as it came in. */
static void check_reply(const uint8_t *bytes, size_t n)
{
	struct criu_reply reply = { 0 }, again = { 0 };
	auto_text t = { 0 };

	if (!wire_read(&criu_reply_type, &reply, bytes, n))
		return;
	must(memchr(reply.notify.script, '\0', sizeof reply.notify.script) && memchr(reply.message, '\0', sizeof reply.message));
	const struct criu_request request = { .type = reply.type, .notify_success = reply.success };
	wire_write(&criu_request_type, &request, &t);
	must(wire_read(&criu_reply_type, &again, t.s, t.n) && again.type == reply.type);
}

static void check_log(const char *log, size_t n)
{
	char out[300], tiny[2];

	criu_log_errors(log, n, out, sizeof out);
	must(memchr(out, '\0', sizeof out));
	for (const char *c = out; *c; c++)
		must((unsigned char) *c >= ' ' && *c != 0x7f);
	criu_log_errors(log, n, tiny, sizeof tiny);
	must(memchr(tiny, '\0', sizeof tiny));
}

static void check_mounts(char *text)
{
	struct mountinfo mounts;

	if (mountinfo_parse(text, &mounts))
		for (size_t i = 0; i < mounts.n; i++) {
			must(mounts.entries[i].root && mounts.entries[i].place && mounts.entries[i].type);
			must(mountinfo_find(&mounts, mounts.entries[i].id));
			mountinfo_below(&mounts, &mounts.entries[i], mounts.entries[0].id);
		}
	mountinfo_free(&mounts);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	unsigned long long *inodes = NULL;
	size_t n_inodes = 0;
	char *text = malloc(n + 1);

	if (!text)
		return 0;
	memcpy(text, bytes, n);
	text[n] = '\0';
	check_reply(bytes, n);
	check_log((const char *) bytes, n);
	preflight_connections(text, &inodes, &n_inodes);
	free(inodes);
	check_mounts(text);
	return 0;
}
