/* The process file of exec, which the caller has written. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena arena = { 0 };
	struct json_faults faults = { .arena = &arena };
	struct oci_process *process = json_read(&arena, &oci_process_type, (const char *) bytes, n, &faults);
	size_t read = faults.n;

	if (!process && !faults.n)
		abort();
	if (process)
		config_check_process(process, "", &faults);
	/* What passed the checks is what a program can be started with. */
	if (process && !faults.n && (!process->n_args || process->cwd[0] != '/'))
		abort();
	for (size_t i = read; i < faults.n; i++)
		if (faults.list[i].pointer[0] != '/' || !faults.list[i].message[0])
			abort();
	arena_free(&arena);
	return 0;
}
