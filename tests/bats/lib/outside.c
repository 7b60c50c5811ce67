/*
 * outside.c - what the caller of a runtime does
 *
 *	outside receive SOCKET [N]		listen; N times (default 1): receive a descriptor, print "name kind" for it
 *	outside console SOCKET			listen; receive a terminal, print its name as a first line, then its
 *						output, and type our standard input there, until nobody has its other end
 *	outside pty ROWSxCOLUMNS PROGRAM...	run PROGRAM on a new terminal; our standard input is typed there, what it
 *						shows is printed.  Lines of standard input that begin with "@" are for us:
 *						@size RxC, @mode (prints "raw" or "cooked"), @wait TEXT (until it is shown),
 *						@kill SIGNAL (to PROGRAM)
 *	outside listen SOCKET			listen for datagrams, print their lines
 *	outside socket PATH			leave a socket there on which nobody listens
 *	outside many N PROGRAM...		with N more descriptors open (of /etc/hostname and /), from 3 on
 *	outside without FDS PROGRAM...		with these of the descriptors 0, 1, 2 closed: "02"
 *	outside at-fd FD FILE PROGRAM...	with FILE opened as FD
 *	outside on-socket PROGRAM...		with a unix socket for standard output; what comes there is printed
 *	outside killed-at N PROGRAM...		PROGRAM gets SIGKILL when it enters its Nth system call; its children go on.
 *						Then the exit code is 137, else PROGRAM's
 *	outside adopt PROGRAM...		run it; "ready" if it succeeds.  Its orphans become our children (a subreaper's), whom
 *						nobody reaps until we are killed
 *
 * "ready" is printed to standard error as soon as a socket listens.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	exit(90);
}

static int listen_at(const char *path, int type)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int sock = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
	unlink(path);
	if (bind(sock, (struct sockaddr *) &a, sizeof a) < 0 || (type != SOCK_DGRAM && listen(sock, 5) < 0))
		die(path);
	fputs("ready\n", stderr);
	return sock;
}

static int take(int sock, char *name, size_t size)
{
	char control[CMSG_SPACE(sizeof(int) * 4)];
	struct iovec v = { name, size - 1 };
	struct msghdr h = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
	int conn = accept4(sock, NULL, NULL, SOCK_CLOEXEC), fd = -1;
	ssize_t n = recvmsg(conn, &h, MSG_CMSG_CLOEXEC);
	struct cmsghdr *c = CMSG_FIRSTHDR(&h);

	if (n < 0)
		die("recvmsg");
	name[n] = '\0';
	if (c && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof fd))
		memcpy(&fd, CMSG_DATA(c), sizeof fd);
	close(conn);
	return fd;
}

static void receive(const char *path, int count)
{
	int sock = listen_at(path, SOCK_STREAM);

	while (count-- > 0) {
		char name[200], proc[64], target[200] = "", line[200];
		int fd = take(sock, name, sizeof name);
		FILE *info;

		snprintf(proc, sizeof proc, "/proc/self/fd/%d", fd);
		(void) !readlink(proc, target, sizeof target - 1);
		printf("%s %s", name, target);
		/* A pidfd tells its process. */
		snprintf(proc, sizeof proc, "/proc/self/fdinfo/%d", fd);
		info = fopen(proc, "r");
		while (info && fgets(line, sizeof line, info))
			if (!strncmp(line, "Pid:", 4))
				printf(" pid %d", atoi(line + 4));
		puts("");
		fflush(stdout);
		/* It stays open: a terminal without its master end would hang up. */
	}
}

/* Between us and a terminal's master until nobody has the other end. */
struct screen {
	char shown[1 << 16];
	size_t n;
};

static int show(int master, struct screen *screen)
{
	char bytes[4096];
	ssize_t n = read(master, bytes, sizeof bytes);

	if (n <= 0)
		return -1;
	(void) !write(1, bytes, (size_t) n);
	if (screen->n + (size_t) n < sizeof screen->shown) {
		memcpy(screen->shown + screen->n, bytes, (size_t) n);
		screen->n += (size_t) n;
	}
	return 0;
}

static void order(const char *line, int master, pid_t pid, struct screen *screen)
{
	struct winsize size = { 0 };
	struct termios t;
	int rows, columns;

	if (sscanf(line, "@size %dx%d", &rows, &columns) == 2) {
		size.ws_row = (unsigned short) rows;
		size.ws_col = (unsigned short) columns;
		ioctl(master, TIOCSWINSZ, &size);
	} else if (!strncmp(line, "@mode", 5)) {
		tcgetattr(master, &t);
		printf("mode %s\n", t.c_lflag & (ICANON | ECHO) ? "cooked" : "raw");
		fflush(stdout);
	} else if (!strncmp(line, "@kill ", 6)) {
		kill(pid, atoi(line + 6));
	} else if (!strncmp(line, "@wait ", 6)) {
		size_t n = strlen(line + 6);

		while (!memmem(screen->shown, screen->n, line + 6, n))
			if (show(master, screen) < 0)
				break;
		screen->n = 0;
	}
}

static void between(int master, pid_t pid)
{
	static struct screen screen;
	FILE *in = fdopen(dup(0), "r");
	char line[1000];
	int typing = 1;

	setvbuf(in, NULL, _IONBF, 0);
	for (;;) {
		struct pollfd p[2] = { { master, POLLIN, 0 }, { typing ? 0 : -1, POLLIN, 0 } };

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			break;
		if (p[0].revents && show(master, &screen) < 0)
			break;
		if (!p[1].revents)
			continue;
		if (!fgets(line, sizeof line, in)) {
			typing = 0;
			continue;
		}
		if (line[0] == '@') {
			line[strcspn(line, "\n")] = '\0';
			order(line, master, pid, &screen);
		} else {
			(void) !write(master, line, strlen(line));
		}
	}
}

static void console(const char *path)
{
	char name[200];
	int master = take(listen_at(path, SOCK_STREAM), name, sizeof name);

	printf("%s\n", name);
	fflush(stdout);
	between(master, 0);
}

static int pty(const char *text, char **program)
{
	struct winsize size = { 0 };
	int rows, columns, master, status;
	pid_t pid;

	if (sscanf(text, "%dx%d", &rows, &columns) != 2)
		return 2;
	size.ws_row = (unsigned short) rows;
	size.ws_col = (unsigned short) columns;
	pid = forkpty(&master, NULL, NULL, &size);
	if (pid == 0) {
		execvp(program[0], program);
		die(program[0]);
	}
	fcntl(master, F_SETFD, FD_CLOEXEC);
	between(master, pid);
	if (waitpid(pid, &status, 0) < 0)
		die("waitpid");
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void listen_datagrams(const char *path)
{
	int sock = listen_at(path, SOCK_DGRAM);
	char text[4096];
	ssize_t n;

	chmod(path, 0777);
	while ((n = recv(sock, text, sizeof text - 1, 0)) >= 0) {
		text[n] = '\0';
		printf("%s%s", text, n && text[n - 1] == '\n' ? "" : "\n");
		fflush(stdout);
	}
}

static void on_socket(char **args)
{
	char bytes[4096];
	int pair[2];
	ssize_t n;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		die("socketpair");
	if (fork() == 0) {
		dup2(pair[1], 1);
		execvp(args[0], args);
		die(args[0]);
	}
	close(pair[1]);
	while ((n = read(pair[0], bytes, sizeof bytes)) > 0)
		if (write(1, bytes, (size_t) n) != n)
			die("write");
}

static void many(int n, char **program)
{
	for (int i = 0; i < n; i++) {
		int fd = open(i % 2 ? "/" : "/etc/hostname", O_RDONLY);

		if (fd != 3 + i && (dup2(fd, 3 + i) < 0 || close(fd) < 0))
			die("dup2");
	}
	execvp(program[0], program);
	die(program[0]);
}

static void without(const char *fds, char **program)
{
	for (; *fds; fds++)
		close(*fds - '0');
	execvp(program[0], program);
	_exit(90);
}

static void at_fd(int fd, const char *path, char **program)
{
	int opened = open(path, O_RDONLY);

	if (opened < 0)
		die(path);
	if (opened != fd && (dup2(opened, fd) < 0 || close(opened) < 0))
		die("dup2");
	execvp(program[0], program);
	die(program[0]);
}

static int killed_at(int n, char **program)
{
	int status, calls = 0, entering = 0;
	pid_t pid = fork();

	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		execvp(program[0], program);
		die(program[0]);
	}
	if (waitpid(pid, &status, 0) < 0 || ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL) < 0)
		die("ptrace");
	/* The first exec is ours, not the program's. */
	for (int began = 0, sig = 0;;) {
		ptrace(PTRACE_SYSCALL, pid, 0, sig);
		if (waitpid(pid, &status, 0) < 0)
			die("waitpid");
		if (!WIFSTOPPED(status))
			return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
		sig = WSTOPSIG(status);
		if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8)) {
			began = 1;
			sig = 0;
		} else if (sig == (SIGTRAP | 0x80)) {
			entering = !entering;
			sig = 0;
			if (began && entering && ++calls == n)
				kill(pid, SIGKILL);
		}
	}
}

static void adopt(char **program)
{
	int status;
	pid_t pid;

	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		die("prctl");
	pid = fork();
	if (pid == 0) {
		execvp(program[0], program);
		die(program[0]);
	}
	if (waitpid(pid, &status, 0) < 0 || status != 0)
		die(program[0]);
	fputs("ready\n", stderr);
	pause();
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";

	umask(0);	/* an ordinary user's runtime connects, too */
	if (!strcmp(what, "receive"))
		receive(argv[2], argc > 3 ? atoi(argv[3]) : 1);
	else if (!strcmp(what, "console"))
		console(argv[2]);
	else if (!strcmp(what, "pty"))
		return pty(argv[2], argv + 3);
	else if (!strcmp(what, "listen"))
		listen_datagrams(argv[2]);
	else if (!strcmp(what, "socket"))
		close(listen_at(argv[2], SOCK_STREAM));
	else if (!strcmp(what, "many"))
		many(atoi(argv[2]), argv + 3);
	else if (!strcmp(what, "without"))
		without(argv[2], argv + 3);
	else if (!strcmp(what, "at-fd"))
		at_fd(atoi(argv[2]), argv[3], argv + 4);
	else if (!strcmp(what, "on-socket"))
		on_socket(argv + 2);
	else if (!strcmp(what, "killed-at"))
		return killed_at(atoi(argv[2]), argv + 3);
	else if (!strcmp(what, "adopt"))
		adopt(argv + 2);
	else
		return 2;
	return 0;
}
