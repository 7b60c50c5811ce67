/* A file that was refused by execve(2): whatever an image holds. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "process/refusal.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const int numbers[] = { ENOEXEC, ENOENT, EACCES, ELIBBAD };
	auto_fd fd = memfd_create("program", MFD_CLOEXEC);
	char path[64], why[REFUSAL_TEXT];

	if (fd < 0 || write(fd, bytes, n) != (ssize_t) n)
		return 0;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		memset(why, 'x', sizeof why);
		refusal_explain(path, numbers[i], NULL, NULL, why);
		if (!memchr(why, '\0', sizeof why))
			abort();
	}
	return 0;
}
