/* announce.c - see announce.h */
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "container/announce.h"
#include "container/launch.h"
#include "process/foreground.h"
#include "sys/fd.h"
#include "sys/process.h"
#include "sys/pty.h"
#include "sys/socket.h"

static int send_console(const char *path, int master, struct error *err)
{
	char name[32];
	unsigned n = 0;

	ioctl(master, TIOCGPTN, &n);
	snprintf(name, sizeof name, "/dev/pts/%u", n);
	auto_fd sock = socket_connect(AT_FDCWD, path, SOCK_STREAM, err);
	if (sock < 0 || socket_send(sock, name, strlen(name), master, err) < 0)
		return wrap(err, "send the terminal to the console socket %s", path);
	return 0;
}

int announce_terminal(const char *console_socket, const struct process_plan *process, int master, int *keep,
			  struct error *err)
{
	if (console_socket)
		return send_console(console_socket, master, err);
	if (!process->rows || !process->columns)
		foreground_copy_size(master);
	/* If our terminal is in raw mode, the container's must add the carriage returns.  A terminal of ours that only
	 * shows the output adds them itself, and in a file or a pipe nobody wants them (runc). */
	if (!isatty(STDIN_FILENO))
		pty_end_lines_plainly(master);
	*keep = fcntl(master, F_DUPFD_CLOEXEC, 3);
	return *keep < 0 ? fail(err, errno, "keep the terminal") : 0;
}

int announce_check_terminal(bool terminal, bool detached, const char *console_socket, struct error *err)
{
	/* runc's wording, which its users look for. */
	if (terminal && detached && !console_socket)
		return fail_code(err, ERROR_USAGE,
				 "cannot allocate tty if runc will detach without setting console socket");
	if (console_socket && !(terminal && detached))
		return fail_code(err, ERROR_USAGE, "cannot use console socket if runc will not detach or allocate tty");
	return 0;
}

int announce_check_pidfd_socket(const char *path, struct error *err)
{
	if (path && !process_has_pidfds())
		return fail_code(err, ERROR_UNSUPPORTED, "pidfds, which a socket is to get, came with Linux 5.3");
	return 0;
}

int announce_pidfd(const char *path, int pidfd, const char *what, struct error *err)
{
	auto_fd sock = socket_connect(AT_FDCWD, path, SOCK_STREAM, err);

	if (sock < 0 || socket_send(sock, what, strlen(what), pidfd, err) < 0)
		return wrap(err, "send the pidfd to %s", path);
	return 0;
}

const char *announce_pidfd_receiver(const struct oci_config *config)
{
	const char *path = json_map_get(&config->annotations, "run.oci.pidfd_receiver");

	return path && *path ? path : NULL;
}

int announce_pidfd_of_init(const struct launch *launch, struct error *err)
{
	const char *socket = launch->options->pidfd_socket, *path = announce_pidfd_receiver(launch->plan.config);

	if (socket && announce_pidfd(socket, launch->pidfd, "standard", err) < 0)
		return -1;
	if (!path)
		return 0;
	auto_free char *whole = text_path(launch->bundle, path);
	if (announce_pidfd(whole, launch->pidfd, "standard", err) < 0)
		return blame(err, "/annotations/run.oci.pidfd_receiver");
	return 0;
}

static bool is_in_procfs(const char *path)
{
	auto_fd fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct statfs fs;

	return fd >= 0 && fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
}

/* /dev/stdout, /dev/fd/1: what a descriptor of ours has open, which may be a regular file. */
static bool is_descriptor(const char *path)
{
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof target - 1);

	if (n < 0)
		return false;
	target[n] = '\0';
	return is_in_procfs(path) || (target[0] == '/' && is_in_procfs(target));
}

/* A FIFO, /dev/stdout: what is not a regular file of its own is written to, not replaced. */
static int write_special(const char *path, const char *text, size_t n, struct error *err)
{
	auto_fd fd = open(path, O_WRONLY | O_APPEND | O_NOCTTY | O_CLOEXEC);

	/* If nobody reads it, that is an error, and what was made is undone; not our end.  Our children reset it. */
	signal(SIGPIPE, SIG_IGN);
	return fd < 0 ? fail(err, errno, "open it") : fd_write_all(fd, text, n, path, err);
}

/* True if PATH was put by somebody else into a world-writable folder: a link to a device, a FIFO that nobody reads.
 * The kernel has the same rule, where enabled (fs.protected_symlinks, fs.protected_fifos). */
static bool is_planted(const char *path)
{
	const char *slash = strrchr(path, '/');
	const int length = slash > path ? (int) (slash - path) : 1;
	auto_free char *folder = slash ? xasprintf("%.*s", length, path) : xstrdup(".");
	struct stat there, in;

	return lstat(path, &there) == 0 && stat(folder, &in) == 0 && in.st_mode & S_IWOTH &&
	       there.st_uid != geteuid() && there.st_uid != in.st_uid;
}

int announce_pid(const char *path, int pid, struct error *err)
{
	char text[16];
	const size_t n = (size_t) snprintf(text, sizeof text, "%d", pid);
	struct stat st;
	int result;

	if (stat(path, &st) == 0 && (!S_ISREG(st.st_mode) || is_descriptor(path)) && !is_planted(path))
		result = write_special(path, text, n, err);
	else
		result = file_replace(AT_FDCWD, path, text, n, 0644, err);
	return result < 0 ? wrap(err, "write the pid file %s", path) : 0;
}
