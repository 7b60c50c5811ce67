/* A schema in a config against the schemata of a group: two texts, separated by the first '|'. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "tune/resctrl.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	auto_free char *text = xmalloc(n + 1);
	char *bar;

	memcpy(text, bytes, n);
	text[n] = '\0';
	if (!(bar = strchr(text, '|')))
		return 0;
	*bar = '\0';
	auto_free char *there = xstrdup(text), *wanted = xstrdup(bar + 1);
	/* What matches has a resource that is there. */
	if (resctrl_matches(there, wanted) && (!strchr(wanted, ':') || !strchr(there, '=')))
		abort();
	return 0;
}
