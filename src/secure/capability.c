/*
 * capability.c - the five capability sets, by raw system calls
 *
 * Bit n of a set is capability n.  The plan has already left out what cannot
 * be granted here, so every refusal is an error.
 */
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "base/error.h"
#include "secure/secure.h"

#define BIT(n) (1ull << (n))

static int get(struct capability_sets *sets, struct error *err)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { 0 } };

	if (syscall(SYS_capget, &head, data) < 0)
		return fail(err, errno, "read own capabilities");
	sets->effective = data[0].effective | (uint64_t) data[1].effective << 32;
	sets->permitted = data[0].permitted | (uint64_t) data[1].permitted << 32;
	sets->inheritable = data[0].inheritable | (uint64_t) data[1].inheritable << 32;
	return 0;
}

int capability_drop_bounding(const struct capability_sets *sets, unsigned last_cap, struct error *err)
{
	for (unsigned cap = 0; cap <= last_cap; cap++) {
		if (sets->bounding & BIT(cap))
			continue;
		/* Even if we may not drop any, this one may be missing already. */
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0 && prctl(PR_CAPBSET_READ, cap) == 1)
			return fail(err, errno, "drop capability %u from the bounding set", cap);
	}
	return 0;
}

int capability_set(const struct capability_sets *sets, struct error *err)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	for (int i = 0; i < 2; i++) {
		data[i].effective = (uint32_t) (sets->effective >> 32 * i);
		data[i].permitted = (uint32_t) (sets->permitted >> 32 * i);
		data[i].inheritable = (uint32_t) (sets->inheritable >> 32 * i);
	}
	if (syscall(SYS_capset, &head, data) < 0)
		return fail(err, errno, "set capabilities (effective %llx, permitted %llx, inheritable %llx)",
			    (unsigned long long) sets->effective, (unsigned long long) sets->permitted,
			    (unsigned long long) sets->inheritable);

	/* Those that the caller has raised would survive our exec (CVE-2016-8867 was ambient capabilities for a plain
	 * user).  EINVAL: a kernel without them (before 4.3), which is fine as long as none is asked for. */
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 && (errno != EINVAL || sets->ambient))
		return fail(err, errno, "clear ambient capabilities");
	for (unsigned cap = 0; cap < 64; cap++)
		if (sets->ambient & BIT(cap) && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) < 0)
			return fail(err, errno, "raise ambient capability %u", cap);
	return 0;
}

static int differs(const char *name, uint64_t is, uint64_t wanted, struct error *err)
{
	return fail(err, 0, "%s capabilities are %llx but %llx were asked for", name, (unsigned long long) is,
		    (unsigned long long) wanted);
}

int capability_verify(const struct capability_sets *sets, struct error *err)
{
	struct capability_sets now = { 0 };
	uint64_t maybe_ambient;

	if (get(&now, err) < 0)
		return -1;
	/* The kernel keeps the ambient set within these (capabilities(7)): no need to query the others one by one. */
	maybe_ambient = now.permitted & now.inheritable;
	for (unsigned cap = 0; cap < 64; cap++) {
		int bounding = prctl(PR_CAPBSET_READ, cap);

		if (bounding < 0)	/* EINVAL: past the kernel's last one */
			break;
		now.bounding |= bounding ? BIT(cap) : 0;
		if (maybe_ambient & BIT(cap) && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, cap, 0, 0) == 1)
			now.ambient |= BIT(cap);
	}
	if (now.bounding & ~sets->bounding)
		return differs("bounding", now.bounding, sets->bounding, err);
	if (now.effective != sets->effective)
		return differs("effective", now.effective, sets->effective, err);
	if (now.permitted != sets->permitted)
		return differs("permitted", now.permitted, sets->permitted, err);
	if (now.inheritable != sets->inheritable)
		return differs("inheritable", now.inheritable, sets->inheritable, err);
	if (now.ambient != sets->ambient)
		return differs("ambient", now.ambient, sets->ambient, err);
	return 0;
}
