/* pty.c - see pty.h */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>
#include <termios.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "sys/path.h"
#include "sys/pty.h"

/* The number that /dev/ptmx and the ptmx of every devpts share. */
#define PTMX_MAJOR 5
#define PTMX_MINOR 2

int pty_open(int devpts, int *master, int *peer, struct error *err)
{
	auto_fd ours = -1;
	struct statfs fs;
	int unlock = 0, theirs;

	if (fstatfs(devpts, &fs) < 0)
		return fail(err, errno, "look at the devpts of the container");
	if (fs.f_type != DEVPTS_SUPER_MAGIC)
		return fail(err, ENODEV, "the container's /dev/pts is not a devpts");
	ours = openat(devpts, "ptmx", O_RDWR | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
	if (ours < 0 && errno == ENOSPC)
		return fail(err, ENOSPC, "open a terminal (no pty left: kernel.pty.max, or max= of the devpts mount)");
	if (ours < 0)
		return fail(err, errno, "open ptmx of the container's devpts");
	/* Something could have been bound over it. */
	if (!path_is_device(ours, PTMX_MAJOR, PTMX_MINOR))
		return fail(err, ENODEV, "ptmx of the container's devpts is not the terminal multiplexer");
	if (ioctl(ours, TIOCSPTLCK, &unlock) < 0)
		return fail(err, errno, "unlock the terminal");
	theirs = ioctl(ours, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (theirs < 0)
		return fail(err, errno, "open the container's end of the terminal");
	*master = take_fd(ours);
	*peer = theirs;
	return 0;
}

int pty_set_size(int fd, unsigned short rows, unsigned short columns, struct error *err)
{
	struct winsize size = { .ws_row = rows, .ws_col = columns };

	if (ioctl(fd, TIOCSWINSZ, &size) < 0)
		return fail(err, errno, "set the size of the terminal to %hu rows, %hu columns", rows, columns);
	return 0;
}

void pty_end_lines_plainly(int master)
{
	struct termios modes;

	if (tcgetattr(master, &modes) < 0)
		return;
	modes.c_oflag &= ~(tcflag_t) ONLCR;
	tcsetattr(master, TCSANOW, &modes);
}

int pty_be_stdio(int peer, struct error *err)
{
	for (int fd = 0; fd <= 2; fd++) {
		/* A dup2() onto itself would leave close-on-exec as it is. */
		if (fd == peer ? fcntl(fd, F_SETFD, 0) < 0 : dup2(peer, fd) < 0)
			return fail(err, errno, "make the terminal descriptor %d", fd);
	}
	return 0;
}

int pty_take(int peer, struct error *err)
{
	/* It is as good if we already lead a session. */
	if (setsid() < 0 && getsid(0) != getpid())
		return fail(err, errno, "start a session");
	if (ioctl(peer, TIOCSCTTY, 0) < 0)
		return fail(err, errno, "make the terminal the controlling one");
	return pty_be_stdio(peer, err);
}
