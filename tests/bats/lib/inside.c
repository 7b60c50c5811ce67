/*
 * inside.c - what only the container's own process can tell
 *
 *	inside fds		each open descriptor: its number and what it is
 *	inside terminal		session, controlling terminal, size, what standard input to output are
 *	inside sched		scheduling policy, nice value, I/O priority
 *	inside personality	in hexadecimal
 *	inside mempolicy	NUMA memory policy: mode with flags, nodes as a mask
 *	inside keyring		name and serial number of the session keyring, and its label on a second line
 *	inside signals		blocked and ignored ones
 *	inside notify TEXT...	send each TEXT to $NOTIFY_SOCKET, then sleep
 *	inside eat MIB		allocate and use that much memory, say so, then sleep
 *	inside lock FILE COUNT	lock FILE, then add a number to COUNT every 20 ms, forever
 *	inside talk SOCKET COUNT	connect a datagram socket to SOCKET, then the same, with each number sent there, too
 *	inside queue COUNT	a connection that nobody accepts waits at a listening TCP socket; then the same
 *	inside rdma FILE HANDLES OBJECTS	ask the RDMA device FILE for so many of each, say how many it gave, then sleep
 *	inside zombie-leader	the first thread ends, another one sleeps
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <rdma/ib_user_verbs.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

static void fds(void)
{
	char path[64], target[256];

	for (int fd = 0; fd < 4096; fd++) {
		ssize_t n;

		if (fcntl(fd, F_GETFD) < 0)
			continue;
		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
		n = readlink(path, target, sizeof target - 1);
		printf("%d %.*s\n", fd, n > 0 ? (int) n : 0, target);
	}
}

/* Add a number to the file COUNT every 20 ms, and send it to SOCK, unless that is -1. */
static int count_in(const char *count, int sock)
{
	for (unsigned i = 1;; i++) {
		FILE *f = fopen(count, "a");
		if (!f)
			return 2;
		fprintf(f, "%u\n", i);
		fclose(f);
		if (sock >= 0 && dprintf(sock, "%u\n", i) < 0)
			return 3;
		usleep(20000);
	}
}

static int lock(const char *file, const char *count)
{
	int fd = open(file, O_RDWR | O_CREAT, 0600);

	if (fd < 0 || flock(fd, LOCK_EX) < 0)
		return 1;
	return count_in(count, -1);
}

static int talk(const char *path, const char *count)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int sock = socket(AF_UNIX, SOCK_DGRAM, 0);

	snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
	if (connect(sock, (struct sockaddr *) &a, sizeof a) < 0)
		return perror(path), 1;
	return count_in(count, sock);
}

static int queue(const char *count)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(80), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int sock = socket(AF_INET, SOCK_STREAM, 0), one = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(sock, (struct sockaddr *) &a, sizeof a) < 0 || listen(sock, 5) < 0 ||
	    connect(one, (struct sockaddr *) &a, sizeof a) < 0)
		return perror("port 80"), 1;
	close(one);
	return count_in(count, -1);
}

static void terminal(void)
{
	struct winsize size = { 0 };
	int tty = open("/dev/tty", O_RDWR | O_NOCTTY), sid = -1;

	ioctl(0, TIOCGSID, &sid);
	ioctl(0, TIOCGWINSZ, &size);
	printf("leader=%d controlling=%d same=%d size=%dx%d tty=%d%d%d name=%s\n", getsid(0) == getpid(), tty >= 0, sid == getsid(0),
	       size.ws_row, size.ws_col, isatty(0), isatty(1), isatty(2), ttyname(0) ? ttyname(0) : "none");
}

static void sched(void)
{
	struct { unsigned size, policy; unsigned long long flags; int nice; unsigned priority; unsigned long long runtime, deadline, period; } a =
		{ .size = 48 };

	syscall(SYS_sched_getattr, 0, &a, sizeof a, 0);
	printf("policy=%u nice=%d priority=%u flags=%llu runtime=%llu deadline=%llu period=%llu ioprio=%ld\n", a.policy, a.nice, a.priority,
	       a.flags, a.runtime, a.deadline, a.period, syscall(SYS_ioprio_get, 1, 0));
}

static void keyring(void)
{
	char text[200] = "none";
	long serial = syscall(SYS_keyctl, 0 /* KEYCTL_GET_KEYRING_ID */, -3 /* session */, 0);

	syscall(SYS_keyctl, 6 /* KEYCTL_DESCRIBE */, -3, text, sizeof text - 1);
	printf("%ld %s\n", serial, text);
	if (syscall(SYS_keyctl, 17 /* KEYCTL_GET_SECURITY */, -3, text, sizeof text - 1) > 1)
		puts(text);
}

static void mempolicy(void)
{
	unsigned long nodes[16] = { 0 };
	int mode = -1;

	syscall(SYS_get_mempolicy, &mode, nodes, sizeof nodes * 8, 0, 0);
	printf("mode=%d flags=%d nodes=%lx\n", mode & 0xff, mode >> 8, nodes[0]);
}

static void signals(void)
{
	sigset_t blocked;

	sigprocmask(SIG_BLOCK, NULL, &blocked);
	for (int s = 1; s < 65; s++) {
		struct sigaction a;

		if (sigismember(&blocked, s) == 1)
			printf("blocked %d\n", s);
		if (sigaction(s, NULL, &a) == 0 && a.sa_handler == SIG_IGN)
			printf("ignored %d\n", s);
	}
	puts("end");
}

static int notify(char **texts)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int sock = socket(AF_UNIX, SOCK_DGRAM, 0);
	const char *path = getenv("NOTIFY_SOCKET");

	if (!path)
		return puts("no NOTIFY_SOCKET"), 1;
	snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
	for (; *texts; texts++)
		if (sendto(sock, *texts, strlen(*texts), 0, (struct sockaddr *) &a, sizeof a) < 0)
			return perror("sendto"), 1;
	printf("told %s\n", path);
	fflush(stdout);
	pause();
	return 0;
}

/* Page by page, as a leak would: where memory runs out, so do we. */
static int eat(size_t mib)
{
	volatile char *memory = malloc(mib << 20);

	for (size_t at = 0; memory && at < mib << 20; at += 4096)
		memory[at] = 1;
	puts(memory ? "ready" : "refused");
	fflush(stdout);
	pause();
	return 0;
}

/* A command of an RDMA device, whose answer nobody needs. */
static int verb(int fd, unsigned command)
{
	char answer[64];
	struct { struct ib_uverbs_cmd_hdr head; unsigned long long answer; } ask =
		{ { command, sizeof ask / 4, sizeof answer / 4 }, (unsigned long) answer };

	return write(fd, &ask, sizeof ask) == sizeof ask ? 0 : -1;
}

/* A context is a handle, a protection domain an object. */
static int rdma(const char *path, int handles, int objects)
{
	int got_handles = 0, got_objects = 0, fd = -1, next;

	while (got_handles < handles) {
		next = open(path, O_RDWR);
		if (next < 0)
			return perror(path), 1;
		if (verb(next, IB_USER_VERBS_CMD_GET_CONTEXT) < 0)
			break;
		got_handles++;
		fd = next;
	}
	while (got_objects < objects && verb(fd, IB_USER_VERBS_CMD_ALLOC_PD) == 0)
		got_objects++;
	printf("%d handles, %d objects: %s\n", got_handles, got_objects, strerror(errno));
	fflush(stdout);
	pause();
	return 0;
}

static void *sleeper(void *unused)
{
	for (;;)
		pause();
	return unused;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	pthread_t thread;

	if (!strcmp(what, "fds"))
		fds();
	else if (!strcmp(what, "terminal"))
		terminal();
	else if (!strcmp(what, "sched"))
		sched();
	else if (!strcmp(what, "personality"))
		printf("%x\n", (unsigned) personality(0xffffffff));
	else if (!strcmp(what, "keyring"))
		keyring();
	else if (!strcmp(what, "mempolicy"))
		mempolicy();
	else if (!strcmp(what, "signals"))
		signals();
	else if (!strcmp(what, "notify"))
		return notify(argv + 2);
	else if (!strcmp(what, "eat") && argc > 2)
		return eat(strtoul(argv[2], NULL, 10));
	else if (!strcmp(what, "lock") && argc > 3)
		return lock(argv[2], argv[3]);
	else if (!strcmp(what, "talk") && argc > 3)
		return talk(argv[2], argv[3]);
	else if (!strcmp(what, "queue") && argc > 2)
		return queue(argv[2]);
	else if (!strcmp(what, "rdma") && argc > 4)
		return rdma(argv[2], atoi(argv[3]), atoi(argv[4]));
	else if (!strcmp(what, "zombie-leader")) {
		pthread_create(&thread, NULL, sleeper, NULL);
		pthread_exit(NULL);
	} else
		return 2;
	return 0;
}
