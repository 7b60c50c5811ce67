/* refusal.c - see refusal.h */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/names.h"
#include "process/refusal.h"
#include "sys/fd.h"

#define HEAD 256    /* BINPRM_BUF_SIZE: how much of a file the kernel looks at first */
#define MAX_DEPTH 5 /* nested interpreters, as in the kernel */
#define MAX_SEGMENTS 512
#define MAX_LOADER 256

/* Names of EM_* for people: the architectures that containers are built for. */
static const struct name_value machines[] = {
	{ "i386", EM_386 }, { "x86-64", EM_X86_64 }, { "arm", EM_ARM }, { "aarch64", EM_AARCH64 },
	{ "riscv", EM_RISCV },
	{ "ppc", EM_PPC }, { "ppc64", EM_PPC64 }, { "s390x", EM_S390 }, { "mips", EM_MIPS }, { "sparc", EM_SPARCV9 },
	{ "loongarch", 258 }, { "bpf", EM_BPF }, { NULL, 0 }
};

#if defined __x86_64__
#define OWN_MACHINE EM_X86_64
#elif defined __aarch64__
#define OWN_MACHINE EM_AARCH64
#elif defined __riscv
#define OWN_MACHINE EM_RISCV
#elif defined __powerpc64__
#define OWN_MACHINE EM_PPC64
#elif defined __s390x__
#define OWN_MACHINE EM_S390
#elif defined __i386__
#define OWN_MACHINE EM_386
#elif defined __arm__
#define OWN_MACHINE EM_ARM
#elif defined __loongarch__
#define OWN_MACHINE 258
#else
#define OWN_MACHINE EM_NONE
#endif

/* A file in the chain to a running program: the program itself, or the interpreter of the previous one. */
struct subject {
	const char *path;
	const char *name; /* what the text calls it: "it", "its interpreter /bin/sh" */
	int number;	  /* the errno of the refusal */
	int fd;		  /* -1: it may be executed but not read */
	unsigned char head[HEAD + 1];
	size_t n;
	char *why;
};

static bool say(const struct subject *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static bool say(const struct subject *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->why, REFUSAL_TEXT, fmt, ap);
	va_end(ap);
	return true;
}

/* ---- what can be seen from outside the file -------------------------------- */

/* Say that WHAT ("its interpreter"), which is FILE, is missing.  HINT NULL: obvious, and said only for a link. */
static bool say_missing(const struct subject *s, const char *what, const char *file, const char *hint)
{
	char target[200];
	ssize_t n = readlink(file, target, sizeof target - 1);

	if (access(file, F_OK) == 0 || errno == EACCES)
		return false;
	if (n > 0)
		return say(s, "%s %s is a symbolic link to %.*s, which is not in the container%s", what, file, (int) n,
			   target, hint ? hint : "");
	return hint && say(s, "%s %s is not in the container%s", what, file, hint);
}

static bool say_denied(const struct subject *s, const struct stat *st)
{
	struct statvfs fs;

	if (S_ISDIR(st->st_mode))
		return say(s, "%s is a directory", s->name);
	if (!S_ISREG(st->st_mode))
		return say(s, "%s is not a regular file", s->name);
	if (statvfs(s->path, &fs) == 0 && fs.f_flag & ST_NOEXEC)
		return say(s, "%s lies on a file system mounted noexec", s->name);
	if (!(st->st_mode & 0111))
		return say(s, "%s has no x bit: its mode is %04o", s->name, (unsigned) st->st_mode & 07777);
	if (!file_runs(s->path))
		return say(s, "%s belongs to %u:%u and has mode %04o, which does not let %u:%u execute it", s->name,
			   (unsigned) st->st_uid, (unsigned) st->st_gid, (unsigned) st->st_mode & 07777,
			   (unsigned) geteuid(), (unsigned) getegid());
	return false;
}

static size_t size_of(char *const *list)
{
	size_t n = 0;

	for (; list && *list; list++)
		n += strlen(*list) + 1 + sizeof *list;
	return n;
}

/* execve(2), "Limits on size of arguments and environment": a quarter of the stack limit, at most 6 MiB, and 128 KiB
 * for each string. */
static bool say_size(const struct subject *s, char *const *args, char *const *env)
{
	struct rlimit stack = { .rlim_cur = RLIM_INFINITY };
	unsigned long long limit = 6 << 20;

	getrlimit(RLIMIT_STACK, &stack);
	if (stack.rlim_cur / 4 < limit)
		limit = stack.rlim_cur / 4;
	return say(s, "arguments and environment have %zu bytes, the limit is %llu, and 131072 for one of them",
		   size_of(args) + size_of(env), limit);
}

/* ---- scripts ----------------------------------------------------------------- */

/* The interpreter of a script, cut out of its first line; NULL if that line was the problem. */
static char *interpreter(struct subject *s)
{
	char *name = (char *) s->head + 2;
	size_t n;

	name += strspn(name, " \t");
	n = strcspn(name, " \t\n");
	if (n == 0)
		say(s, "the first line of %s names no interpreter", s->path);
	else if ((unsigned char *) name + n == s->head + HEAD)
		say(s, "the first line of %s is longer than %d bytes", s->path, HEAD - 1);
	else if (name[n - 1] == '\r')
		say(s, "the first line of %s ends with a carriage return, as in a DOS text file", s->path);
	else {
		name[n] = '\0';
		return name;
	}
	return NULL;
}

/* ---- ELF programs -------------------------------------------------------------- */

/* The fields that we need, of either class. */
struct elf {
	bool wide; /* ELFCLASS64 */
	unsigned type, machine, n_segments;
	uint64_t segments; /* their offset in the file */
};

/* False if the file is truncated or no ELF program; fields that could be read are set. */
static bool elf_read(const struct subject *s, struct elf *elf)
{
	Elf64_Ehdr e64;
	Elf32_Ehdr e32;

	elf->wide = s->head[EI_CLASS] == ELFCLASS64;
	memcpy(&e64, s->head, sizeof e64);
	memcpy(&e32, s->head, sizeof e32);
	elf->type = e64.e_type;
	elf->machine = e64.e_machine;
	elf->n_segments = elf->wide ? e64.e_phnum : e32.e_phnum;
	elf->segments = elf->wide ? e64.e_phoff : e32.e_phoff;
	if (elf->wide ? e64.e_phentsize != sizeof(Elf64_Phdr) : e32.e_phentsize != sizeof(Elf32_Phdr))
		return false;
	return s->n >= (elf->wide ? sizeof e64 : sizeof e32) && elf->n_segments <= MAX_SEGMENTS;
}

/* The text of PT_INTERP, the loader of a program that is not static. */
static bool elf_loader(const struct subject *s, const struct elf *elf, char loader[MAX_LOADER])
{
	size_t size = elf->wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);

	for (unsigned i = 0; i < elf->n_segments; i++) {
		Elf64_Phdr p64 = { 0 };
		Elf32_Phdr p32;
		uint64_t at, n;

		at = elf->segments + i * size;
		if (pread(s->fd, elf->wide ? (void *) &p64 : (void *) &p32, size, (off_t) at) != (ssize_t) size)
			return false;
		if ((elf->wide ? p64.p_type : p32.p_type) != PT_INTERP)
			continue;
		at = elf->wide ? p64.p_offset : p32.p_offset;
		n = elf->wide ? p64.p_filesz : p32.p_filesz;
		if (n < 2 || n > MAX_LOADER || pread(s->fd, loader, n, (off_t) at) != (ssize_t) n)
			return false;
		loader[n - 1] = '\0';
		return *loader;
	}
	return false;
}

static const char *machine_name(unsigned machine, char number[32])
{
	const struct name_value *row = value_find(machines, machine);

	snprintf(number, 32, "ELF machine %u", machine);
	return row ? row->name : number;
}

/* For an image of one distribution with a program of another. */
static const char *libc_hint(const char *loader)
{
	if (strstr(loader, "ld-musl"))
		return " (it is built for musl, as in Alpine)";
	return strstr(loader, "ld-linux") || strstr(loader, "/ld64.so") ? " (it is built for glibc)" : "";
}

static bool say_elf(const struct subject *s)
{
	static const uint16_t one = 1;
	unsigned order = *(const unsigned char *) &one ? ELFDATA2LSB : ELFDATA2MSB;
	char loader[MAX_LOADER], theirs[32], ours[32];
	struct elf elf;
	bool whole = elf_read(s, &elf);

	if (s->n < offsetof(Elf64_Ehdr, e_version))
		return say(s, "%s is an ELF file with a damaged header", s->name);
	if (s->head[EI_DATA] != order)
		return say(s, "%s is built for another architecture, with another order of bytes", s->name);
	if (elf.machine != OWN_MACHINE &&
	    (s->number == ENOEXEC || !(OWN_MACHINE == EM_X86_64 && elf.machine == EM_386)))
		return say(s, "%s is built for %s, and this machine is %s%s", s->name,
			   machine_name(elf.machine, theirs), machine_name(OWN_MACHINE, ours),
			   s->number == ENOENT ? "; its emulator (binfmt_misc) is not in the container" : "");
	if (!whole)
		return say(s, "%s is an ELF file with a damaged header", s->name);
	if (elf.type != ET_EXEC && elf.type != ET_DYN)
		return say(s, "%s is an ELF file but not a program: an object file, or a core", s->name);
	if (s->number == ENOEXEC && !elf.wide)
		return say(s, "%s is a 32-bit program, and this kernel runs none", s->name);
	if (!elf_loader(s, &elf, loader))
		return false;
	if (s->number == ELIBBAD)
		return say(s, "its loader %s is damaged or built for another architecture", loader);
	if (say_missing(s, "its loader", loader, libc_hint(loader)))
		return true;
	return s->number == EACCES && !file_runs(loader) &&
	       say(s, "its loader %s is not executable", loader);
}

/* ---- what else somebody may have taken for a program ---------------------------- */

static bool begins(const struct subject *s, const char *magic, size_t n)
{
	return s->n >= n && !memcmp(s->head, magic, n);
}

static bool say_foreign(const struct subject *s)
{
	static const struct {
		const char *magic;
		size_t n;
		const char *what;
	} kinds[] = {
		{ "MZ", 2, "a Windows program" },
		{ "\xcf\xfa\xed\xfe", 4, "a macOS program" },
		{ "\xca\xfe\xba\xbe", 4, "a macOS program, or a Java class" },
		{ "\0asm", 4, "a WebAssembly module" },
		{ "\xef\xbb\xbf#!", 5,
		  "a script with a byte order mark before its \"#!\", which the kernel does not skip" },
		{ "\x1f\x8b", 2, "compressed (gzip)" },
		{ "PK\x03\x04", 4, "a zip archive (a jar?)" },
	};

	if (s->n == 0)
		return say(s, "%s is empty", s->name);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (begins(s, kinds[i].magic, kinds[i].n))
			return say(s, "%s is %s", s->name, kinds[i].what);
	if (memmem(s->head, s->n, "\n#!", 3) || s->head[strspn((const char *) s->head, " \t\r\n")] == '#')
		return say(s, "%s is a text whose first line does not begin with \"#!\"", s->name);
	return say(s, "%s is neither an ELF program nor a script that begins with \"#!\"", s->name);
}

/* ---- all of it ------------------------------------------------------------------- */

/* Open only regular files: opening a device can have side effects. */
static bool look(struct subject *s, struct stat *st)
{
	ssize_t n = -1;

	s->n = 0;
	memset(s->head, 0, sizeof s->head);
	if (stat(s->path, st) < 0)
		return false;
	s->fd = S_ISREG(st->st_mode) ? open(s->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;
	if (s->fd >= 0)
		n = pread(s->fd, s->head, HEAD, 0);
	if (n >= 0)
		s->n = (size_t) n;
	return true;
}

/* True if NEXT holds an interpreter to be examined in turn. */
static bool explain(struct subject *s, char *next)
{
	struct stat st;
	char *name;

	if (!look(s, &st)) {
		if (errno == EACCES)
			say(s, "a folder on the way to %s may not be entered by %u:%u", s->path, (unsigned) geteuid(),
			    (unsigned) getegid());
		else
			say_missing(s, "the program", s->path, NULL);
		return false;
	}
	auto_fd fd = s->fd;
	if ((s->number == EACCES && say_denied(s, &st)) || fd < 0)
		return false;
	if (begins(s, ELFMAG, SELFMAG)) {
		say_elf(s);
		return false;
	}
	if (!begins(s, "#!", 2)) {
		if (s->number == ENOEXEC)
			say_foreign(s);
		return false;
	}
	name = interpreter(s);
	if (!name || say_missing(s, "its interpreter", name, ""))
		return false;
	memcpy(next, name, strlen(name) + 1);
	return true;
}

void refusal_explain(const char *path, int number, char *const *args, char *const *env, char why[REFUSAL_TEXT])
{
	char next[HEAD + 1] = "", this[HEAD + 1], name[HEAD + 32];
	struct subject s = { .path = path, .name = "it", .number = number, .why = why };

	*why = '\0';
	switch (number) {
	case E2BIG: say_size(&s, args, env); return;
	case ETXTBSY: say(&s, "somebody has it open for writing"); return;
	case ENOMEM: say(&s, "is the memory limit too low for it?"); return;
	case ELOOP: say(&s, "too many symbolic links, or interpreters of interpreters"); return;
	case EPERM:
		if (prctl(PR_GET_SECCOMP) > 0)
			say(&s, "does the seccomp profile allow execve?");
		return;
	case ENOENT:
	case EACCES:
	case ENOEXEC:
	case ELIBBAD: break;
	default: return;
	}
	for (int depth = 0; depth < MAX_DEPTH && explain(&s, next); depth++) {
		memcpy(this, next, sizeof this);
		snprintf(name, sizeof name, "its interpreter %s", this);
		s.path = this;
		s.name = name;
	}
}
