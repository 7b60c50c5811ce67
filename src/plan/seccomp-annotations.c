/*
 * seccomp-annotations.c - plan_filter(): the profile of the config, or a program that is given as it is
 *
 *	run.oci.seccomp_fail_unknown_syscall	a name in the profile that nobody knows is an error
 *	run.oci.seccomp_bpf_data		the program itself, as an array of struct sock_filter in base64;
 *						the profile then only gives flags and listener
 *
 * Both are crun's.  The caller is responsible for what such a program does, as if the container had no profile:
 * `features` lists the annotation as unsafe.  The kernel checks that it is a valid program.
 */
#include <linux/bpf_common.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>

#include "base/base64.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "plan/planner.h"
#include "plan/seccomp.h"

#define RAW "run.oci.seccomp_bpf_data"
#define STRICT "run.oci.seccomp_fail_unknown_syscall"

static const char *annotation(struct planner *p, const char *key)
{
	const char *value = json_map_get(&p->config->annotations, key);

	return value && *value ? value : NULL;
}

/* True if FILTER may ask a listener. */
static bool notifies(const struct sock_filter *filter, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (filter[i].code == (BPF_RET | BPF_K) &&
		    (filter[i].k & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_USER_NOTIF)
			return true;
	return false;
}

static int plan_raw(struct planner *p, const char *text)
{
	const struct oci_seccomp none = { 0 }, *profile = p->linux->seccomp ? p->linux->seccomp : &none;
	const char *pointer = pointer_key(p->arena, "/annotations", RAW);
	struct seccomp_plan *out = &p->plan->seccomp;
	struct sock_filter *filter;
	size_t n = 0;
	auto_free unsigned char *bytes = base64_decode(text, &n);
	bool listener;

	if (!bytes)
		return fail_at(p->err, pointer, "is not base64");
	if (!n || n % sizeof *filter || n / sizeof *filter > BPF_MAXINSNS)
		return fail_at(p->err, pointer, "is no program: %zu bytes (expected 1 to %d instructions of %zu bytes)",
			       n, BPF_MAXINSNS, sizeof *filter);
	filter = memcpy(arena_alloc(p->arena, n), bytes, n);
	n /= sizeof *filter;
	listener = notifies(filter, n);
	if (listener && !profile->listener_path)
		return fail_at(p->err, pointer, "asks a listener, but /linux/seccomp/listenerPath names none");
	if (seccomp_choose_flags(profile, listener, &out->flags, p->err) < 0)
		return -1;
	out->raw = true;
	out->filter = filter;
	out->n_filter = (unsigned short) n;
	if (listener) {
		out->listener_path = profile->listener_path;
		out->listener_metadata = profile->listener_metadata;
	}
	return 0;
}

int plan_filter(struct planner *p)
{
	const char *raw = annotation(p, RAW), *strict = annotation(p, STRICT);

	if (raw)
		return plan_raw(p, raw);
	if (!p->linux->seccomp)
		return 0;
	return plan_seccomp(p->arena, p->linux->seccomp, strict && strcmp(strict, "0") && strcmp(strict, "false"),
			    &p->plan->seccomp, p->err);
}
