/* lookup.c - see lookup.h */
#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "container/lookup.h"

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* 0 if PATH is a regular file that we may execute, else an errno value. */
static int executable(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno;
	if (S_ISDIR(st.st_mode))
		return EISDIR;
	/* With the effective ids, and capabilities, as execve does: AT_EACCESS. */
	if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0)
		return errno;
	return S_ISREG(st.st_mode) ? 0 : EACCES;
}

static char *refuse(struct error *err, int number, const char *program, const char *why)
{
	fail_code(err, ERROR_EXEC, "exec: \"%s\": %s", program, why);
	err->number = number;
	return NULL;
}

char *lookup_program(const char *program, char *const *env, struct error *err)
{
	const char *path = DEFAULT_PATH;
	bool denied = false;
	int number;

	if (!*program)
		return refuse(err, ENOENT, program, "executable file not found in $PATH: no such file or directory");
	if (strchr(program, '/')) {
		number = executable(program);
		if (!number)
			return xstrdup(program);
		if (number == EISDIR)
			return refuse(err, EACCES, program, "is a directory: permission denied");
		return refuse(err, number, program, errno_text(number));
	}
	for (; env && *env; env++)
		if (!strncmp(*env, "PATH=", 5))
			path = *env + 5;
	for (const char *end; ; path = end + 1) {
		char file[PATH_MAX];
		end = strchrnul(path, ':');
		/* An empty element is the current folder, as in execvp(3). */
		int n = snprintf(file, sizeof file, "%.*s%s%s", (int) (end - path), path, end == path ? "./" : "/", program);
		number = n < (int) sizeof file ? executable(file) : ENAMETOOLONG;
		if (!number)
			return xstrdup(file);
		denied |= number == EACCES;
		if (!*end)
			break;
	}
	if (denied)
		return refuse(err, EACCES, program, "permission denied");
	return refuse(err, ENOENT, program, "executable file not found in $PATH: no such file or directory");
}

/* The interpreter of a script, from its first line. */
static void explain_script(const char *path, char *head, char *why, size_t size)
{
	char *line = head + 2, *end = strchrnul(line, '\n');
	size_t n;

	if (end > line && end[-1] == '\r') {
		snprintf(why, size, "the first line of %s ends with a carriage return (a DOS text file)", path);
		return;
	}
	*end = '\0';
	line += strspn(line, " \t");
	n = strcspn(line, " \t");
	line[n] = '\0';
	if (*line && access(line, F_OK) < 0)
		snprintf(why, size, "its interpreter %s is not in the container", line);
	else if (*line && access(line, X_OK) < 0)
		snprintf(why, size, "its interpreter %s is not executable", line);
}

/* The machine that this kernel runs, as ELF numbers it. */
static unsigned own_machine(void)
{
#if defined __x86_64__
	return EM_X86_64;
#elif defined __aarch64__
	return EM_AARCH64;
#elif defined __riscv
	return EM_RISCV;
#elif defined __powerpc64__
	return EM_PPC64;
#elif defined __s390x__
	return EM_S390;
#elif defined __i386__
	return EM_386;
#elif defined __arm__
	return EM_ARM;
#else
	return EM_NONE;
#endif
}

/* The loader of an ELF program (PT_INTERP), if it is missing. */
static void explain_elf(int fd, const Elf64_Ehdr *e, char *why, size_t size)
{
	char loader[256];

	if (e->e_machine != own_machine() && !(own_machine() == EM_X86_64 && e->e_machine == EM_386)) {
		snprintf(why, size, "it is built for another architecture (ELF machine %u, this is %u)", e->e_machine, own_machine());
		return;
	}
	if (e->e_ident[EI_CLASS] != ELFCLASS64 || e->e_phentsize != sizeof(Elf64_Phdr))
		return;
	for (unsigned i = 0; i < e->e_phnum && i < 64; i++) {
		Elf64_Phdr p;
		if (pread(fd, &p, sizeof p, (off_t) (e->e_phoff + i * sizeof p)) != sizeof p)
			return;
		if (p.p_type != PT_INTERP || p.p_filesz < 2 || p.p_filesz > sizeof loader)
			continue;
		if (pread(fd, loader, p.p_filesz, (off_t) p.p_offset) != (ssize_t) p.p_filesz)
			return;
		loader[p.p_filesz - 1] = '\0';
		if (access(loader, F_OK) < 0)
			snprintf(why, size, "its loader %s is not in the container", loader);
		return;
	}
}

int lookup_explain(const char *path, int number, struct error *err)
{
	union { Elf64_Ehdr elf; char bytes[512]; } head = { 0 };
	auto_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char why[400] = "";
	struct statvfs fs;
	ssize_t n = fd >= 0 ? pread(fd, head.bytes, sizeof head.bytes - 1, 0) : -1;

	if (number == EACCES && statvfs(path, &fs) == 0 && fs.f_flag & ST_NOEXEC)
		snprintf(why, sizeof why, "it lies on a file system mounted noexec");
	else if (n > 2 && !memcmp(head.bytes, "#!", 2))
		explain_script(path, head.bytes, why, sizeof why);
	else if (n >= (ssize_t) sizeof head.elf && !memcmp(head.elf.e_ident, ELFMAG, SELFMAG))
		explain_elf(fd, &head.elf, why, sizeof why);
	else if (number == ENOEXEC)
		snprintf(why, sizeof why, n == 0 ? "it is empty" : "it is neither an ELF program nor a script that begins with #!");

	fail_code(err, ERROR_EXEC, "exec %s: %s%s%s%s", path, errno_text(number), why[0] ? " (" : "", why, why[0] ? ")" : "");
	err->number = number;
	return -1;
}
