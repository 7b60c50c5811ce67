/*
 * old-kernel.c - what a program meets on an older kernel
 *
 *	old-kernel VERSION[:ERRNO] COMMAND...
 *
 * Installs a seccomp filter under which every system call newer than VERSION
 * fails with ENOSYS, and older calls with newer flags fail with EINVAL, and
 * runs COMMAND; children inherit it.  With an ERRNO ("EPERM") the calls fail
 * with that instead, as they do below the filters of old container engines.
 * What a filter cannot see stays as new as the kernel: structs in memory
 * (clone3, bpf), files, options of file systems.
 *
 * "old-kernel list VERSION" prints the numbers of the calls that fail.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* From 424 on the numbers are the same on all architectures. */
static const struct { unsigned version, first, last; } calls[] = {
	{ 501, 424, 427 },	/* pidfd_send_signal, io_uring_* */
	{ 502, 428, 433 },	/* open_tree, move_mount, fsopen, fsconfig, fsmount, fspick */
	{ 503, 434, 435 },	/* pidfd_open, clone3 */
	{ 509, 436, 436 },	/* close_range */
	{ 506, 437, 438 },	/* openat2, pidfd_getfd */
	{ 508, 439, 439 },	/* faccessat2 */
	{ 510, 440, 440 },	/* process_madvise */
	{ 511, 441, 441 },	/* epoll_pwait2 */
	{ 512, 442, 442 },	/* mount_setattr */
	{ 514, 443, 443 },	/* quotactl_fd */
	{ 513, 444, 446 },	/* landlock_* */
	{ 514, 447, 447 },	/* memfd_secret */
	{ 515, 448, 448 },	/* process_mrelease */
	{ 516, 449, 449 },	/* futex_waitv */
	{ 517, 450, 450 },	/* set_mempolicy_home_node */
	{ 605, 451, 451 },	/* cachestat */
	{ 606, 452, 453 },	/* fchmodat2, map_shadow_stack */
	{ 607, 454, 456 },	/* futex_* */
	{ 608, 457, 461 },	/* statmount, listmount, lsm_* */
	{ 610, 462, 462 },	/* mseal */
	{ 613, 463, 466 },	/* *xattrat */
	{ 615, 467, 467 },	/* open_tree_attr */
	{ 617, 468, 1000 },
};

/* Flags in the low half of an argument. */
static const struct { unsigned version; long call; unsigned argument; unsigned flags; } flags[] = {
	{ 506, SYS_unshare,	 0, 0x00000080 },	/* CLONE_NEWTIME */
	{ 511, SYS_close_range,	 2, 0x00000004 },	/* CLOSE_RANGE_CLOEXEC */
	{ 603, SYS_memfd_create, 1, 0x00000018 },	/* MFD_NOEXEC_SEAL, MFD_EXEC */
};

static struct sock_filter code[512];
static unsigned short n;

static void emit(unsigned short op, unsigned k, unsigned char yes, unsigned char no)
{
	code[n++] = (struct sock_filter) { op, yes, no, k };
}

static void load(size_t offset)
{
	emit(BPF_LD | BPF_W | BPF_ABS, (unsigned) offset, 0, 0);
}

static void answer(int number)
{
	emit(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned) number, 0, 0);
}

static unsigned parse_version(const char *s)
{
	unsigned major = 0, minor = 0;

	if (sscanf(s, "%u.%u", &major, &minor) != 2) {
		fprintf(stderr, "old-kernel: \"%s\" is no version\n", s);
		exit(2);
	}
	return major * 100 + minor;
}

static void build(unsigned version, int number)
{
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		if (calls[i].version <= version)
			continue;
		load(offsetof(struct seccomp_data, nr));
		emit(BPF_JMP | BPF_JGE | BPF_K, calls[i].first, 0, 2);
		emit(BPF_JMP | BPF_JGT | BPF_K, calls[i].last, 1, 0);
		/* EPERM to faccessat2 is where test(1) ends. */
		answer(calls[i].first == 439 ? ENOSYS : number);
	}
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
		if (flags[i].version <= version)
			continue;
		load(offsetof(struct seccomp_data, nr));
		emit(BPF_JMP | BPF_JEQ | BPF_K, (unsigned) flags[i].call, 0, 3);
		load(offsetof(struct seccomp_data, args) + 8 * flags[i].argument);
		emit(BPF_JMP | BPF_JSET | BPF_K, flags[i].flags, 0, 1);
		answer(EINVAL);
	}
	/* setns(2) of several namespaces at once is of a pidfd. */
	if (version < 508) {
		load(offsetof(struct seccomp_data, nr));
		emit(BPF_JMP | BPF_JEQ | BPF_K, SYS_setns, 0, 6);
		load(offsetof(struct seccomp_data, args) + 8);
		emit(BPF_MISC | BPF_TAX, 0, 0, 0);
		emit(BPF_ALU | BPF_SUB | BPF_K, 1, 0, 0);
		emit(BPF_ALU | BPF_AND | BPF_X, 0, 0, 0);
		emit(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
		answer(EINVAL);
	}
	emit(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
}

int main(int argc, char **argv)
{
	int number = ENOSYS;

	if (argc < 3) {
		fprintf(stderr, "usage: old-kernel VERSION[:EPERM] COMMAND...\n");
		return 2;
	}
	if (!strcmp(argv[1], "list")) {
		for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
			for (unsigned call = calls[i].first; calls[i].version > parse_version(argv[2]) && call <= calls[i].last; call++)
				printf("%u\n", call);
		return 0;
	}
	if (strchr(argv[1], ':'))
		number = !strcmp(strchr(argv[1], ':'), ":EPERM") ? EPERM : ENOSYS;
	build(parse_version(argv[1]), number);
	struct sock_fprog program = { n, code };
	/* Root keeps what no_new_privs would take from the container's programs. */
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0) {
			perror("old-kernel: seccomp");
			return 2;
		}
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}
