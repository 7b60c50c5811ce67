/* state.json and journal: an older build's, or half of one after a crash.  What is accepted is the same when written and read again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cgroup/cgroup.h"
#include "container/store.h"
#include "libocispec/arena.h"
#include "libocispec/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool true_)
{
	if (!true_)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena arena = { 0 };
	struct json_faults faults = { .arena = &arena };
	struct record_state *record = json_read(&arena, &record_state_type, (const char *) bytes, n, &faults);

	must(record || faults.n);
	for (size_t i = 0; i < faults.n; i++)
		must(faults.list[i].message[0]);
	if (record && !faults.n) {
		size_t length;
		auto_free char *text = json_write(&record_state_type, record, false, &length);
		struct record_state *again = json_read(&arena, &record_state_type, text, length, &faults);
		struct cgroup cgroup;

		must(again && !faults.n);
		auto_free char *second = json_write(&record_state_type, again, false, NULL);

		must(!strcmp(text, second));
		/* What delete would go by. */
		store_get_cgroup(record, &cgroup);
		must(cgroup.n_folders <= record->n_cgroup);
		for (size_t i = 0; i < cgroup.n_folders; i++)
			must(cgroup.folders[i].path && cgroup.folders[i].fd == -1 && memchr(cgroup.folders[i].hierarchy, 0, sizeof cgroup.folders[i].hierarchy));
		cgroup_close(&cgroup);
	}
	arena_free(&arena);
	return 0;
}
