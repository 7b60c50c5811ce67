/*
 * receivers.c - those who wait at a socket for a descriptor: recvtty, pidfd-kill, seccompagent
 *
 * runc's suite starts them in the background and does not wait for them: this is C, and quick to be there.  The one
 * program does what its name says.  Command lines and effects are what the suite relies on.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <libgen.h>
#include <limits.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define MAX_FDS 8

static struct {
	const char *mode, *pid_file, *signal, *socket;
	bool no_stdin;
} options = { .mode = "single", .signal = "KILL" };

static void note_pid(void)
{
	FILE *file = options.pid_file ? fopen(options.pid_file, "w") : NULL;

	if (!options.pid_file)
		return;
	if (!file || fprintf(file, "%d\n", getpid()) < 0 || fclose(file))
		err(1, "%s", options.pid_file);
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof address.sun_path)
		errx(1, "%s is too long", path);
	strcpy(address.sun_path, path);
	if (fd < 0 || bind(fd, (struct sockaddr *) &address, sizeof address) < 0 || listen(fd, 64) < 0)
		err(1, "listen at %s", path);
	return fd;
}

/* The next connection's text, which ends in '\0', and descriptors; returns how many there are. */
static int receive(int listener, char *text, size_t size, int *fds)
{
	union { struct cmsghdr head; char room[CMSG_SPACE(MAX_FDS * sizeof(int))]; } control;
	struct iovec data = { text, size - 1 };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
	int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	ssize_t n = connection < 0 ? -1 : recvmsg(connection, &message, MSG_CMSG_CLOEXEC);
	struct cmsghdr *head = n < 0 ? NULL : CMSG_FIRSTHDR(&message);
	int count = 0;

	if (head && head->cmsg_type == SCM_RIGHTS) {
		count = (int) ((head->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		memcpy(fds, CMSG_DATA(head), (size_t) count * sizeof(int));
	}
	text[n < 0 ? 0 : n] = '\0';
	close(connection);
	return count;
}

/* ---- recvtty ------------------------------------------------------------- */

/* All that FROM says, to TO; a terminal ends with EIO. */
static void pump(int from, int to)
{
	char bytes[65536];
	ssize_t n;

	while ((n = read(from, bytes, sizeof bytes)) > 0)
		if (write(to, bytes, (size_t) n) != n)
			return;
}

static void show_one(int listener)
{
	struct termios modes;
	char text[PATH_MAX];
	int fds[MAX_FDS];

	if (receive(listener, text, sizeof text, fds) < 1)
		errx(1, "no terminal came");
	close(listener);
	if (tcgetattr(fds[0], &modes) == 0) {
		modes.c_oflag &= ~(tcflag_t) ONLCR;
		tcsetattr(fds[0], TCSANOW, &modes);
	}
	pid_t typist = options.no_stdin ? -1 : fork();
	if (typist == 0) {
		pump(0, fds[0]);
		_exit(0);
	}
	pump(fds[0], 1);
	if (typist > 0)
		kill(typist, SIGKILL);
}

/* Any number of terminals, whose output nobody wants; they stay open as long as somebody writes there. */
static void swallow_all(int listener)
{
	struct pollfd *open = calloc(1, sizeof *open);
	int n = 1, null = openat(AT_FDCWD, "/dev/null", O_WRONLY | O_CLOEXEC);

	open[0] = (struct pollfd) { listener, POLLIN, 0 };
	for (;;) {
		char bytes[65536];

		if (poll(open, (nfds_t) n, -1) < 0)
			err(1, "poll");
		for (int i = n - 1; i > 0; i--) {
			if (!open[i].revents)
				continue;
			ssize_t got = read(open[i].fd, bytes, sizeof bytes);
			if (got > 0 && write(null, bytes, (size_t) got) == got)
				continue;
			close(open[i].fd);
			open[i] = open[--n];
		}
		if (open[0].revents) {
			int fds[MAX_FDS], count = receive(listener, bytes, sizeof bytes, fds);
			open = realloc(open, (size_t) (n + count) * sizeof *open);
			for (int i = 0; i < count; i++)
				open[n++] = (struct pollfd) { fds[i], POLLIN, 0 };
		}
	}
}

static void recvtty(void)
{
	note_pid();
	int listener = listen_at(options.socket);

	if (!strcmp(options.mode, "null")) {
		int null = open("/dev/null", O_RDWR);
		for (int fd = 0; fd <= 2; fd++)
			dup2(null, fd);
		swallow_all(listener);
	}
	show_one(listener);
}

/* ---- pidfd-kill ----------------------------------------------------------- */

static void pidfd_kill(void)
{
	const char *name = strncmp(options.signal, "SIG", 3) ? options.signal : options.signal + 3;
	int fds[MAX_FDS], number = 0, ignored;
	char text[PATH_MAX];
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	for (int i = 1; i < NSIG && !number; i++)
		if (sigabbrev_np(i) && !strcmp(sigabbrev_np(i), name))
			number = i;
	note_pid();
	int listener = listen_at(options.socket);
	if (!number || receive(listener, text, sizeof text, fds) < 1)
		errx(1, "no pidfd came, or there is no signal %s", name);
	unlink(options.socket);
	sigwait(&term, &ignored);
	if (syscall(SYS_pidfd_send_signal, fds[0], number, NULL, 0) < 0)
		err(1, "send SIG%s", name);
	if (options.pid_file)
		unlink(options.pid_file);
}

/* ---- seccompagent ---------------------------------------------------------- */

/* mkdir makes PATH-SUFFIX, seen from the process's root or folder. */
static int make_folder(const struct seccomp_notif *request, const char *suffix)
{
	char path[PATH_MAX + 1] = "", name[64], full[2 * PATH_MAX + 128];

	snprintf(name, sizeof name, "/proc/%d/mem", (int) request->pid);
	int memory = open(name, O_RDONLY | O_CLOEXEC);
	ssize_t n = pread(memory, path, PATH_MAX, (off_t) request->data.args[0]);
	close(memory);
	if (n <= 0)
		return -1;
	snprintf(full, sizeof full, "/proc/%d/%s/%s-%s", (int) request->pid, path[0] == '/' ? "root" : "cwd", path, suffix);
	return mkdir(full, (mode_t) request->data.args[1] & 07777);
}

static void answer(int listener, const char *suffix)
{
	struct seccomp_notif request = { 0 };
	struct seccomp_notif_resp response = { .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE };

	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request) < 0)
		return;
	response.id = request.id;
	switch (request.data.nr) {
	case SYS_mkdir:
		response.flags = 0;
		response.error = make_folder(&request, suffix) < 0 ? -ENOSYS : 0;
		break;
	case SYS_chmod: case SYS_fchmod: case SYS_fchmodat:
		response.flags = 0;
		response.error = -ENOMEDIUM;
		break;
	}
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

/* The value of a member of the state that comes with the descriptors: a string, without escapes. */
static void member(const char *state, const char *name, char *value, size_t size)
{
	char key[64];

	snprintf(key, sizeof key, "\"%s\"", name);
	const char *at = strstr(state, key);
	at = at ? strchr(at + strlen(key), '"') : NULL;
	snprintf(value, size, "%.*s", at ? (int) strcspn(at + 1, "\"") : 0, at ? at + 1 : "");
}

/* A process for each filter, until nobody lives under it. */
static void seccompagent(void)
{
	char state[65536], metadata[PATH_MAX], fd_name[64];
	int fds[MAX_FDS];

	signal(SIGCHLD, SIG_IGN);
	note_pid();
	for (int listener = listen_at(options.socket);;) {
		int n = receive(listener, state, sizeof state, fds);
		member(state, "metadata", metadata, sizeof metadata);
		member(state, "fds", fd_name, sizeof fd_name);
		if (n < 1 || strcmp(fd_name, "seccompFd"))
			warnx("not the state of a process with a seccompFd first: %s", state);
		else if (fork() == 0) {
			struct pollfd filter = { fds[0], POLLIN, 0 };
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			close(listener);
			while (poll(&filter, 1, -1) >= 0 && filter.revents & POLLIN)
				answer(fds[0], basename(metadata));
			_exit(0);
		}
		while (n > 0)
			close(fds[--n]);
	}
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "mode", required_argument, NULL, 'm' }, { "pid-file", required_argument, NULL, 'p' },
		{ "no-stdin", no_argument, NULL, 'n' }, { "signal", required_argument, NULL, 's' },
		{ "socketfile", required_argument, NULL, 'f' }, { 0 }
	};
	static const struct { const char *name; void (*run)(void); } programs[] = {
		{ "recvtty", recvtty }, { "pidfd-kill", pidfd_kill }, { "seccompagent", seccompagent },
	};

	/* A test may forget one of us (update.bats does); bats would wait for whoever holds its output. */
	close_range(3, ~0U, 0);
	/* Go's flags may have one dash only. */
	for (int c; (c = getopt_long_only(argc, argv, "m:", longs, NULL)) != -1;) {
		switch (c) {
		case 'm': options.mode = optarg; break;
		case 'p': options.pid_file = optarg; break;
		case 'n': options.no_stdin = true; break;
		case 's': options.signal = optarg; break;
		case 'f': options.socket = optarg; break;
		default: return 2;
		}
	}
	if (!options.socket)
		options.socket = argv[optind];
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
		if (!strcmp(basename(argv[0]), programs[i].name) && options.socket)
			return programs[i].run(), 0;
	errx(2, "no program of this name, or no socket");
}
