/*
 * seccomp-static.c - the parts of a static libseccomp that are not used
 *
 * We use it for the numbers of system calls; filters are compiled in src/plan.
 * Its own compiler is tied to the same object files: 19 kB that are never used.
 * Weak, so that a libseccomp that is divided differently still links, whole.
 */
#ifdef STATIC_LINK
#include <errno.h>

int no_filter(const void *rules, void **program) __asm__("gen_bpf_generate") __attribute__((weak));
void no_filter_free(void *program) __asm__("gen_bpf_release") __attribute__((weak));
int no_listing(const void *rules, int fd) __asm__("gen_pfc_generate") __attribute__((weak));

int no_filter(const void *rules, void **program)
{
	(void) rules, (void) program;
	return -ENOSYS;
}

void no_filter_free(void *program)
{
	(void) program;
}

int no_listing(const void *rules, int fd)
{
	(void) rules, (void) fd;
	return -ENOSYS;
}
#endif
