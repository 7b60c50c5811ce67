/*
 * fuzz-kernel.c - the kernel's texts with names that others chose: mountinfo, /proc/PID/stat
 *
 * The first byte chooses.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sys/mountinfo.h"
#include "sys/process.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool true_)
{
	if (!true_)
		abort();
}

static void try_mountinfo(char *text, size_t n)
{
	struct mountinfo info = { 0 };

	if (mountinfo_parse(text, &info))
		for (size_t i = 0; i < info.n; i++) {
			const struct mount_entry *e = &info.entries[i];

			must(i == 0 || info.entries[i - 1].id <= e->id);
			must(e->root >= text && e->root <= text + n && e->place >= text && e->place <= text + n && e->type >= text &&
			     e->type <= text + n);
			must(mountinfo_find(&info, e->id) && mountinfo_below(&info, e, e->id));
			/* Parents may go in a circle; the question ends all the same. */
			mountinfo_below(&info, e, e->id + 1);
		}
	mountinfo_free(&info);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct process_stat stat;
	char *text;

	if (!n)
		return 0;
	text = malloc(n);
	if (!text)
		return 0;
	memcpy(text, bytes + 1, n - 1);
	text[n - 1] = '\0';
	if (bytes[0] == 'm') {
		try_mountinfo(text, n - 1);
		return 0;	/* the text is the list's */
	}
	if (process_stat_parse(text, &stat))
		must(stat.state && stat.exit_status >= -1);
	free(text);
	return 0;
}
