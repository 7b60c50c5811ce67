/* test-refusal.c - why execve(2) refused a program: files as images really have them, and damaged ones */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "process/refusal.h"
#include "folder.h"

static char path[256];
static char why[REFUSAL_TEXT];

static const char *file(const char *name)
{
	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static void put(const char *name, const void *bytes, size_t n, mode_t mode)
{
	auto_fd fd = open(file(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), n);
	assert_int_equal(fchmod(fd, mode), 0);
}

/* What the kernel says to the file, and what we say of that. */
static int run(const char *name)
{
	int pipe_fd[2], number = 0;
	pid_t pid;

	assert_int_equal(pipe2(pipe_fd, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		char *none[] = { NULL }, *args[] = { "x", NULL };

		execve(file(name), args, none);
		number = errno;
		(void) !write(pipe_fd[1], &number, sizeof number);
		_exit(1);
	}
	close(pipe_fd[1]);
	if (read(pipe_fd[0], &number, sizeof number) < 0)
		number = -1;
	close(pipe_fd[0]);
	waitpid(pid, NULL, 0);
	refusal_explain(file(name), number, NULL, NULL, why);
	return number;
}

static void is(const char *name, int number, const char *text)
{
	int got = run(name);

	if (got != number || !strstr(why, text) || (!*text && *why))
		FAIL("%s: errno %d (wanted %d), \"%s\" (wanted \"%s\")", name, got, number, why, text);
}

static void script(const char *name, const char *text, int number, const char *reason)
{
	put(name, text, strlen(text), 0755);
	is(name, number, reason);
}

static void scripts(void **state)
{
	char line[600];

	(void) state;
	script("lost", "#! /no/such/interpreter -x\n", ENOENT, "its interpreter /no/such/interpreter is not in the container");
	script("dos", "#!/bin/sh\r\necho\r\n", ENOENT, "ends with a carriage return");
	script("dos-args", "#!/no/sh -e\r\n", ENOENT, "its interpreter /no/sh is not in the container");
	script("blank", "#! \t\n", ENOEXEC, "names no interpreter");
	script("plain", "echo hello\n", ENOEXEC, "neither an ELF program nor a script");
	script("late", "\n#!/bin/sh\n", ENOEXEC, "first line does not begin with \"#!\"");
	script("comment", "# a script\necho\n", ENOEXEC, "first line does not begin with \"#!\"");
	script("bom", "\xef\xbb\xbf#!/bin/sh\n", ENOEXEC, "byte order mark");
	script("empty", "", ENOEXEC, "it is empty");
	script("zip", "PK\x03\x04rest", ENOEXEC, "zip archive");
	script("windows", "MZ\x90rest", ENOEXEC, "a Windows program");
	script("inside", "#!/no/\x01such\n", ENOENT, "its interpreter");
	memset(line, 'x', sizeof line);
	memcpy(line, "#!/", 3);
	put("long", line, sizeof line, 0755);
	is("long", ENOEXEC, "longer than");
}

static void interpreters_are_followed(void **state)
{
	char text[200];

	(void) state;
	script("deepest", "#!/no/such\n", ENOENT, "/no/such");
	snprintf(text, sizeof text, "#!%s/deepest\n", folder);
	script("deeper", text, ENOENT, "its interpreter /no/such is not in the container");
	put("mute", "#!/bin/sh\n", 10, 0644);
	snprintf(text, sizeof text, "#!%s/mute\n", folder);
	script("denied", text, EACCES, "/mute has no x bit");
	assert_int_equal(symlink("/no/where", file("link")), 0);
	snprintf(text, sizeof text, "#!%s/link\n", folder);
	script("dangling", text, ENOENT, "/link is a symbolic link to /no/where, which is not in the container");
	is("link", ENOENT, "is a symbolic link to /no/where");
	snprintf(text, sizeof text, "#!%s/circle\n", folder);
	script("circle", text, ELOOP, "interpreters of interpreters");
	is("missing", ENOENT, "");
}

static void what_may_not_be_executed(void **state)
{
	(void) state;
	put("data", "x", 1, 0640);
	is("data", EACCES, "it has no x bit: its mode is 0640");
	assert_int_equal(mkdir(file("dir"), 0755), 0);
	is("dir", EACCES, "it is a directory");
	assert_int_equal(mkfifo(file("fifo"), 0755), 0);
	is("fifo", EACCES, "it is not a regular file");
	if (geteuid() != 0)
		return;
	put("dir/owner", "#!/bin/sh\n", 10, 0700);
	assert_int_equal(seteuid(1000), 0);
	is("dir/owner", EACCES, "which does not let 1000:0 execute it");
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(chmod(file("dir"), 0700), 0);
	assert_int_equal(seteuid(1000), 0);
	is("dir/owner", EACCES, "a folder on the way to");
	assert_int_equal(seteuid(0), 0);
}

/* A whole program header with a loader. */
struct program {
	Elf64_Ehdr e;
	Elf64_Phdr p;
	char loader[64];
};

static struct program program(const char *loader)
{
	struct program f = {
		.e = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT }, .e_type = ET_DYN, .e_machine = EM_X86_64,
		       .e_version = 1, .e_phoff = sizeof(Elf64_Ehdr), .e_ehsize = sizeof(Elf64_Ehdr), .e_phentsize = sizeof(Elf64_Phdr),
		       .e_phnum = 1 },
		.p = { .p_type = PT_INTERP, .p_flags = PF_R, .p_offset = offsetof(struct program, loader), .p_align = 1 },
	};

	f.p.p_filesz = f.p.p_memsz = strlen(loader) + 1;
	memcpy(f.loader, loader, strlen(loader) + 1);
	return f;
}

static void elf(const char *name, const struct program *f, int number, const char *reason)
{
	put(name, f, sizeof *f, 0755);
	is(name, number, reason);
}

static void programs(void **state)
{
	struct program f = program("/lib64/ld-linux-no-such.so.2");

	(void) state;
#ifndef __x86_64__
	skip();
#endif
	elf("glibc", &f, ENOENT, "its loader /lib64/ld-linux-no-such.so.2 is not in the container (it is built for glibc)");
	f = program("/lib/ld-musl-no-such.so.1");
	elf("musl", &f, ENOENT, "it is built for musl");
	f.e.e_machine = EM_AARCH64;
	elf("arm64", &f, ENOEXEC, "it is built for aarch64, and this machine is x86-64");
	f.e.e_machine = 4711;
	elf("odd", &f, ENOEXEC, "it is built for ELF machine 4711");
	f = program("/lib/ld-musl-no-such.so.1");
	f.e.e_ident[EI_DATA] = ELFDATA2MSB;
	refusal_explain((put("big", &f, sizeof f, 0755), file("big")), ENOEXEC, NULL, NULL, why);
	assert_non_null(strstr(why, "another order of bytes"));
	f = program("/lib/x");
	f.e.e_type = ET_REL;
	elf("object", &f, ENOEXEC, "not a program");
	f = program("/lib/x");
	f.e.e_phentsize = 3;
	elf("damaged", &f, ENOEXEC, "damaged header");
	put("cut", &f, 30, 0755);
	is("cut", ENOEXEC, "damaged header");
	put("tiny", &f, 5, 0755);
	is("tiny", ENOEXEC, "damaged header");
	/* What lies about its own size ends in no reason, not in a wrong one. */
	f = program("/lib/x");
	f.p.p_filesz = f.p.p_memsz = (uint64_t) -1;
	put("liar", &f, sizeof f, 0755);
	refusal_explain(file("liar"), ENOENT, NULL, NULL, why);
	assert_string_equal(why, "");
	f.e.e_phoff = (uint64_t) -8;
	put("liar", &f, sizeof f, 0755);
	refusal_explain(file("liar"), ENOENT, NULL, NULL, why);
	assert_string_equal(why, "");
}

static void sizes(void **state)
{
	char *args[] = { "prog", "argument", NULL }, *env[] = { "A=1", NULL };

	(void) state;
	refusal_explain("/bin/true", E2BIG, args, env, why);
	assert_non_null(strstr(why, "have 42 bytes"));
	refusal_explain("/bin/true", ETXTBSY, args, env, why);
	assert_non_null(strstr(why, "open for writing"));
	refusal_explain("/bin/true", EIO, args, env, why);
	assert_string_equal(why, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scripts),
		cmocka_unit_test(interpreters_are_followed),
		cmocka_unit_test(what_may_not_be_executed),
		cmocka_unit_test(programs),
		cmocka_unit_test(sizes),
	};

	return cmocka_run_group_tests_name("refusal", tests, folder_make, folder_remove);
}
