/* bus-uid.c - see bus-uid.h */
#ifdef HAVE_SYSTEMD
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/number.h"
#include "sys/bus-uid.h"
#include "sys/fd.h"

static uid_t claimed = (uid_t) -1;

void bus_claim_uid(uid_t uid)
{
	claimed = uid;
}

uid_t geteuid(void)
{
	if (claimed != (uid_t) -1)
		return claimed;
#ifdef SYS_geteuid32
	return (uid_t) syscall(SYS_geteuid32);
#else
	return (uid_t) syscall(SYS_geteuid);
#endif
}

uid_t bus_uid_outside(void)
{
	struct error ignored;
	auto_free char *map = file_get(AT_FDCWD, "/proc/self/uid_map", &ignored);
	uint64_t inside, outside, n, uid = geteuid();

	for (const char *at = map;
	     at && number_take(&at, &inside) && number_take(&at, &outside) && number_take(&at, &n);
	     at += strspn(at, "\n"))
		if (uid >= inside && uid - inside < n)
			return (uid_t) (outside + (uid - inside));
	return (uid_t) uid;
}
#endif
