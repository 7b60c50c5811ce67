/*
 * early.c - before libc starts: run from a mount that nobody can write to
 *
 * self.c explains the threat and the whole defence.  This is only its fastest
 * way: the program's first instruction is here (-Wl,-e), so the first of the
 * two execs does not pay for starting libc (0.25 ms), which the second does
 * anyway.  If any step is refused the program simply goes on, and
 * self_protect() finds that it is not safe yet and takes a slower way.
 *
 * The process that stays has its pages mapped here at once (fault_in()): that
 * saves it thirty of forty page faults.
 *
 * The rules here: a static-pie program has not relocated itself yet, so there
 * are no tables of pointers, no calls to libc (they go through IFUNCs), no
 * thread-local data and so no stack protector.  tests/unit/test-secure.c
 * checks the object: the only symbols it may need are _start and three of the
 * linker's, whose addresses are relative to the code.
 */
#if !defined SANITIZED && (defined __x86_64__ || defined __aarch64__)
#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/stat.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#define EXE "/proc/self/exe"

#ifdef __x86_64__
static inline long call(long number, long a, long b, long c, long d, long e)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	long r;

	__asm__ volatile("syscall" : "=a"(r) : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	return r;
}

/* rdx is for _start, which takes it as the dynamic linker's last function to call. */
__asm__(".text\n"
	".globl ctr_run_early_start\n"
	".type ctr_run_early_start, @function\n"
	"ctr_run_early_start:\n"
	"	endbr64\n"
	"	xor %ebp, %ebp\n"
	"	mov %rsp, %rbx\n"
	"	mov %rdx, %r12\n"
	"	mov %rsp, %rdi\n"
	"	and $-16, %rsp\n"
	"	call early\n"
	"	mov %rbx, %rsp\n"
	"	mov %r12, %rdx\n"
	"	jmp _start\n"
	".size ctr_run_early_start, . - ctr_run_early_start\n");
#else
static inline long call(long number, long a, long b, long c, long d, long e)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;

	__asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
	return x0;
}

__asm__(".text\n"
	".globl ctr_run_early_start\n"
	".type ctr_run_early_start, %function\n"
	"ctr_run_early_start:\n"
	"	hint #34\n"		/* bti c */
	"	mov x19, x0\n"
	"	mov x29, #0\n"
	"	mov x0, sp\n"
	"	bl early\n"
	"	mov x0, x19\n"
	"	mov x29, #0\n"
	"	mov x30, #0\n"
	"	b _start\n"
	".size ctr_run_early_start, . - ctr_run_early_start\n");
#endif

/* A word of up to seven letters as a number: the compiler cannot turn this into a call or a table. */
#define WORD(a, b, c, d, e, f, g) \
	((uint64_t) (a) | (uint64_t) (b) << 8 | (uint64_t) (c) << 16 | (uint64_t) (d) << 24 | (uint64_t) (e) << 32 | \
	 (uint64_t) (f) << 40 | (uint64_t) (g) << 48)

static inline uint64_t word(const char *s)
{
	uint64_t w = 0;

	for (int i = 0; i < 8; i++) {
		if (!s[i])
			return w;
		w |= (uint64_t) (unsigned char) s[i] << 8 * i;
	}
	return 0;
}

/* The verbs that put a process of ours into a container: a new one, or one where somebody may look at it.  Any argument
 * counts: options come before the verb, and a false match costs only 0.15 ms. */
enum entering { NOTHING, NEW, EXISTING };

static inline enum entering entering(char **argv)
{
	for (; *argv; argv++) {
		uint64_t w = word(*argv);

		if (w == WORD('e', 'x', 'e', 'c', 0, 0, 0))
			return EXISTING;
		if (w == WORD('c', 'r', 'e', 'a', 't', 'e', 0) || w == WORD('r', 'u', 'n', 0, 0, 0, 0) ||
		    w == WORD('m', 'o', 'u', 'n', 't', 's', 0) || w == WORD('r', 'e', 's', 't', 'o', 'r', 'e'))
			return NEW;
	}
	return NOTHING;
}

/* An exec through a descriptor names the program "/dev/fd/N".  If that exec was not ours, self_protect() deals with it.
 * Since nothing else is checked there can be no endless chain of execs. */
static inline bool by_descriptor(const Elf64_auxv_t *aux)
{
	for (; aux->a_type != AT_NULL; aux++)
		if (aux->a_type == AT_EXECFN) {
			const char *name = (const char *) aux->a_un.a_val;

			return name[0] == '/' && name[1] == 'd' && name[2] == 'e' && name[3] == 'v' && name[4] == '/' &&
			       name[5] == 'f' && name[6] == 'd' && name[7] == '/';
		}
	return true;
}

/* True if both name the same file.  An overlay has its own device number but passes the inode number through. */
__attribute__((always_inline)) static inline bool same_file(long fd, const char *name)
{
	struct statx a, b;
	const long mask = STATX_INO | STATX_SIZE | STATX_MTIME | STATX_CTIME;

	/* Here and below: the analyser does not know what the assembler of call() writes. */
	return call(SYS_statx, fd, (long) "", AT_EMPTY_PATH, mask, (long) &a) == 0 &&
	       /* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) */
	       call(SYS_statx, AT_FDCWD, (long) name, 0, mask, (long) &b) == 0 && a.stx_ino == b.stx_ino &&
	       a.stx_size == b.stx_size && a.stx_mtime.tv_sec == b.stx_mtime.tv_sec &&
	       a.stx_mtime.tv_nsec == b.stx_mtime.tv_nsec && a.stx_ctime.tv_sec == b.stx_ctime.tv_sec &&
	       a.stx_ctime.tv_nsec == b.stx_ctime.tv_nsec;
}

/* Our program as a file in a read-only overlay over its folder.  An overlay that nobody can write to needs a second
 * layer: any folder without a file of our name.  By now something else may lie at our path, or be bound over it. */
__attribute__((always_inline)) static inline long open_overlay(void)
{
	char path[PATH_MAX + 8], name[NAME_MAX + 1];
	long n = call(SYS_readlinkat, AT_FDCWD, (long) EXE, (long) path, PATH_MAX, 0), slash = 0, i, fs, mount, fd = -1;

	for (i = 0; i < n; i++) {
		/* These are special in the list of layers.
		 * NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) */
		if (path[i] == ':' || path[i] == ',' || path[i] == '\\')
			return -1;
		slash = path[i] == '/' ? i : slash;
	}
	if (n < 3 || path[0] != '/' || slash == 0 || n - slash > NAME_MAX)
		return -1;
	for (i = slash + 1; i < n; i++)
		((volatile char *) name)[i - slash - 1] = path[i];
	name[n - slash - 1] = '\0';
	for (i = 0; i < 6; i++)
		((volatile char *) path)[slash + i] = ":/sys"[i];
	fs = call(SYS_fsopen, (long) "overlay", FSOPEN_CLOEXEC, 0, 0, 0);
	if (fs < 0)
		return -1;
	if (call(SYS_fsconfig, fs, FSCONFIG_SET_STRING, (long) "lowerdir", (long) path, 0) == 0 &&
	    call(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, 0, 0, 0) == 0 &&
	    (mount = call(SYS_fsmount, fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV, 0, 0)) >= 0) {
		fd = call(SYS_openat, mount, (long) name, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0, 0);
		call(SYS_close, mount, 0, 0, 0, 0);
	}
	call(SYS_close, fs, 0, 0, 0, 0);
	if (fd >= 0 && same_file(fd, EXE))
		return fd;
	if (fd >= 0)
		call(SYS_close, fd, 0, 0, 0, 0);
	return -1;
}

/* Our program as the root of a read-only mount of its own. */
__attribute__((always_inline)) static inline long open_mount(void)
{
	struct mount_attr attributes = { .attr_set = MOUNT_ATTR_RDONLY };
	long fd = call(SYS_open_tree, AT_FDCWD, (long) EXE, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC, 0, 0);

	if (fd < 0 || call(SYS_mount_setattr, fd, (long) "", AT_EMPTY_PATH, (long) &attributes, sizeof attributes) == 0)
		return fd;
	call(SYS_close, fd, 0, 0, 0, 0);
	return -1;
}

/* The linker's: where the program begins, where the part begins that relocating writes to, and where it ends. */
extern char __ehdr_start[] __attribute__((visibility("hidden")));
extern char __init_array_start[] __attribute__((visibility("hidden")));
extern char _end[] __attribute__((visibility("hidden")));

/* Map the program's pages, and copy the writable ones, by two system calls instead of a page fault for each when it is
 * touched: relocating alone touches a dozen.  On a virtual machine a fault may cost 10 us, a page here 4: together a
 * fifth of a short command.  Nothing depends on it; before Linux 5.14 madvise(2) says EINVAL. */
static inline void fault_in(const Elf64_auxv_t *aux)
{
	long page = 4096, data;

	for (; aux->a_type != AT_NULL; aux++)
		if (aux->a_type == AT_PAGESZ)
			page = (long) aux->a_un.a_val;
	data = (long) __init_array_start & -page;
	call(SYS_madvise, (long) __ehdr_start, data - (long) __ehdr_start, MADV_POPULATE_READ, 0, 0);
	call(SYS_madvise, data, (long) _end - data, MADV_POPULATE_WRITE, 0, 0);
}

/* STACK is what the kernel left there: argc, argv, NULL, envp, NULL, auxv. */
__attribute__((used, no_stack_protector)) static void early(long *stack)
{
	char **argv = (char **) (stack + 1), **envp = argv + stack[0] + 1, **end = envp;
	enum entering how = entering(argv);
	const Elf64_auxv_t *aux;
	long fd = -1;

	while (*end)
		end++;
	aux = (const Elf64_auxv_t *) (end + 1);
	if (how == NOTHING || by_descriptor(aux)) {
		fault_in(aux);
		return;
	}
	if (how == EXISTING)
		fd = open_overlay();
	if (fd < 0)
		fd = open_mount();
	if (fd < 0)
		return;
	call(SYS_execveat, fd, (long) "", (long) argv, (long) envp, AT_EMPTY_PATH);
	call(SYS_close, fd, 0, 0, 0, 0);
}
#endif
