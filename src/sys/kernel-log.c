/* kernel-log.c - see kernel-log.h */
#include <sys/klog.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "sys/kernel-log.h"

/* <sys/klog.h> leaves it to its users to name these. */
enum { SYSLOG_ACTION_READ_ALL = 3, SYSLOG_ACTION_SIZE_BUFFER = 10 };

char *kernel_log_read(void)
{
	int size = klogctl(SYSLOG_ACTION_SIZE_BUFFER, NULL, 0), n;
	auto_free char *text = NULL;

	if (size <= 0)
		return NULL;
	text = xcalloc((size_t) size + 1, 1);
	n = klogctl(SYSLOG_ACTION_READ_ALL, text, size);
	if (n < 0)
		return NULL;
	text[n] = '\0';
	return take(text);
}
