/* personality.c - the execution domain */
#include <sys/personality.h>

#include "base/error.h"
#include "tune/tune.h"

int personality_apply(const struct oci_personality *wanted, struct error *err)
{
	/* The spec defines none yet, and one that is ignored would be thought to work. */
	if (wanted->n_flags)
		return fail_at(err, "/linux/personality/flags", "unknown flag %s (none is defined)", wanted->flags[0]);
	if (personality(wanted->domain == OCI_PERSONALITY_DOMAIN_LINUX32 ? PER_LINUX32 : PER_LINUX) < 0) {
		fail(err, errno, "set the personality");
		return blame(err, "/linux/personality");
	}
	return 0;
}
