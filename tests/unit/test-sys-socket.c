/* Unix sockets with long paths, and what goes through them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "sys/socket.h"

/* In place of libc's: a filter of an engine around us may refuse it. */
static bool no_fchmod;

int fchmod(int fd, mode_t mode)
{
	if (!no_fchmod)
		return (int) syscall(SYS_fchmod, fd, mode);
	errno = EPERM;
	return -1;
}

static char top[64], deep[512];
static int dir;
static struct error err;

static int set_up(void **state)
{
	(void) state;
	snprintf(top, sizeof top, "/tmp/test-sys-socket.XXXXXX");
	assert_non_null(mkdtemp(top));
	snprintf(deep, sizeof deep, "%s/%0200d", top, 7);
	assert_int_equal(mkdir(deep, 0755), 0);
	return (dir = open(deep, O_PATH | O_DIRECTORY | O_CLOEXEC)) < 0;
}

static int tear_down(void **state)
{
	char command[128];

	(void) state;
	close(dir);
	snprintf(command, sizeof command, "rm -rf %s", top);
	return system(command);
}

static void talk(int at, const char *path, int type)
{
	auto_fd listener = socket_listen(at, path, type, &err), client = -1, server = -1;
	char text[8];
	struct stat st;

	if (listener < 0)
		print_error("%s\n", err.message);
	assert_true(listener >= 0);
	assert_int_equal(fstatat(at, path, &st, 0), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 077, 0);
	assert_true((client = socket_connect(at, path, type, &err)) >= 0);
	assert_true((server = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0);
	assert_int_equal(socket_send(client, "hi", 2, -1, &err), 0);
	assert_int_equal(socket_receive(server, text, sizeof text, NULL, &err), 2);
	assert_memory_equal(text, "hi", 2);
	assert_true(fcntl(listener, F_GETFD) & fcntl(client, F_GETFD) & FD_CLOEXEC);
}

static void short_and_long_paths(void **state)
{
	char path[600];

	(void) state;
	snprintf(path, sizeof path, "%s/short", top);
	talk(AT_FDCWD, path, SOCK_STREAM);
	snprintf(path, sizeof path, "%s/long", deep);
	assert_true(strlen(path) > 200);
	talk(AT_FDCWD, path, SOCK_STREAM);
	talk(dir, "relative", SOCK_SEQPACKET);
	talk(dir, "./relative2", SOCK_SEQPACKET);
	mkdirat(dir, "sub", 0700);
	talk(dir, "sub/relative3", SOCK_STREAM);
}

static void a_long_last_component(void **state)
{
	char path[800], name[201];
	auto_fd listener = -1, client = -1;

	(void) state;
	memset(name, 'n', 200);
	name[200] = '\0';
	snprintf(path, sizeof path, "%s/%s", deep, name);
	assert_int_equal(socket_listen(AT_FDCWD, path, SOCK_STREAM, &err), -1);
	assert_int_equal(err.number, ENAMETOOLONG);
	/* Somebody else's can still be connected to. */
	listener = socket_listen(dir, "plain", SOCK_STREAM, &err);
	assert_int_equal(renameat(dir, "plain", dir, name), 0);
	assert_true((client = socket_connect(AT_FDCWD, path, SOCK_STREAM, &err)) >= 0);
	close(client);
	assert_true((client = socket_connect(dir, name, SOCK_STREAM, &err)) >= 0);
}

static void refusals(void **state)
{
	auto_fd listener = socket_listen(dir, "listener", SOCK_STREAM, &err);

	(void) state;
	assert_int_equal(socket_connect(dir, "missing", SOCK_STREAM, &err), -1);
	assert_int_equal(err.number, ENOENT);
	assert_int_equal(socket_connect(dir, "missing/x", SOCK_STREAM, &err), -1);
	assert_int_equal(err.number, ENOENT);
	assert_int_equal(socket_connect(dir, "", SOCK_STREAM, &err), -1);
	assert_int_equal(socket_connect(dir, "listener", SOCK_SEQPACKET, &err), -1);
	assert_int_equal(err.number, EPROTOTYPE);
	assert_int_equal(socket_listen(dir, "listener", SOCK_STREAM, &err), -1);
	assert_int_equal(err.number, EADDRINUSE);
	close(listener);
	listener = -1;
	assert_int_equal(socket_connect(dir, "listener", SOCK_STREAM, &err), -1);
	assert_int_equal(err.number, ECONNREFUSED);
}

static void no_socket_is_open_to_others(void **state)
{
	(void) state;
	no_fchmod = true;
	assert_int_equal(socket_listen(dir, "open", SOCK_STREAM, &err), -1);
	no_fchmod = false;
	assert_int_equal(err.number, EPERM);
	assert_int_equal(faccessat(dir, "open", F_OK, 0), -1);
}

static void a_descriptor(void **state)
{
	int ends[2], fd = -1;
	char text[16];
	struct stat a, b;

	(void) state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(socket_send(ends[0], "fd", 2, dir, &err), 0);
	assert_int_equal(socket_receive(ends[1], text, sizeof text, &fd, &err), 2);
	assert_true(fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
	fstat(fd, &a);
	fstat(dir, &b);
	assert_int_equal(a.st_ino, b.st_ino);
	close(fd);
	assert_int_equal(socket_send(ends[0], "none", 4, -1, &err), 0);
	assert_int_equal(socket_receive(ends[1], text, sizeof text, &fd, &err), 4);
	assert_int_equal(fd, -1);
	/* one that nobody asked for */
	assert_int_equal(socket_send(ends[0], "fd", 2, dir, &err), 0);
	assert_int_equal(socket_receive(ends[1], text, sizeof text, NULL, &err), 2);
	/* a packet that does not fit */
	assert_int_equal(socket_send(ends[0], "0123456789", 10, -1, &err), 0);
	assert_int_equal(socket_receive(ends[1], text, 4, &fd, &err), -1);
	assert_int_equal(err.number, EMSGSIZE);
	/* the end, and the other end gone */
	close(ends[0]);
	assert_int_equal(socket_receive(ends[1], text, sizeof text, &fd, &err), 0);
	assert_int_equal(socket_send(ends[1], "x", 1, -1, &err), -1);
	assert_int_equal(err.number, EPIPE);
	close(ends[1]);
}

/* Two at once is against the rules: both must be closed again. */
static void two_descriptors(void **state)
{
	int ends[2], fd = -1, before, after, two[2] = { 0, 1 };
	struct iovec part = { .iov_base = ends, .iov_len = 1 };
	union { struct cmsghdr head; char bytes[CMSG_SPACE(sizeof two)]; } control = { 0 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	char text[4];

	(void) state;
	message.msg_control = &control;
	message.msg_controllen = sizeof control;
	control.head = (struct cmsghdr) { .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
	control.head.cmsg_len = CMSG_LEN(sizeof two);
	memcpy(CMSG_DATA(&control.head), two, sizeof two);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(sendmsg(ends[0], &message, 0), 1);
	before = dup(0);
	close(before);
	assert_int_equal(socket_receive(ends[1], text, sizeof text, &fd, &err), -1);
	assert_int_equal(fd, -1);
	/* The lowest number that is free is the same as before. */
	after = dup(0);
	close(after);
	assert_int_equal(before, after);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_and_long_paths),
		cmocka_unit_test(a_long_last_component),
		cmocka_unit_test(refusals),
		cmocka_unit_test(no_socket_is_open_to_others),
		cmocka_unit_test(a_descriptor),
		cmocka_unit_test(two_descriptors),
	};

	return cmocka_run_group_tests_name("socket", tests, set_up, tear_down);
}
