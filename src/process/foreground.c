/* foreground.c - see foreground.h */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "cgroup/cgroup.h"
#include "process/foreground.h"
#include "process/notify.h"
#include "sys/interrupt.h"
#include "sys/process.h"

/* One direction of the terminal: what has been read but not yet written. */
struct flow {
	int from, to;		/* to -1: nobody reads it any more */
	size_t at, n;
	bool ended;
	char last;		/* of all that was read */
	char bytes[4096];
};

/* Our own terminal, if standard input is one. */
struct keyboard {
	bool there, raw;
	bool away;		/* we are in its background: another job has it */
	struct termios before;
};

/* How often to check whether the terminal is ours again.  A shell's `fg` tells only a job that was stopped
 * (SIGCONT). */
#define LOOK_MS 300

struct stay {
	struct foreground *f;
	int signals;
	struct flow in, out;
	struct keyboard keyboard;
	struct cgroup_oom_watch kills;
};

int foreground_block_signals(struct error *err)
{
	sigset_t all;

	sigfillset(&all);
	/* Our own crashes must still end us. */
	sigdelset(&all, SIGSEGV);
	sigdelset(&all, SIGBUS);
	sigdelset(&all, SIGILL);
	sigdelset(&all, SIGFPE);
	sigdelset(&all, SIGABRT);
	sigprocmask(SIG_BLOCK, &all, NULL);
	return interrupt_catch(err);
}

bool foreground_hand_on_late(pid_t pid, int pidfd, const struct error *err)
{
	struct process_stat stat;

	/* execve(2) passes the point of no return shortly before the channel closes. */
	if (err->code != ERROR_INTERRUPTED || process_stat(pid, &stat) < 0 || stat.flags & PROCESS_FORKNOEXEC)
		return false;
	process_signal(pidfd, interrupt_signal());
	return true;
}

int foreground_subreaper(struct error *err)
{
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		return fail(err, errno, "become the reaper of the container's orphans");
	return 0;
}

void foreground_copy_size(int master)
{
	struct winsize size;

	for (int fd = 0; fd < 3; fd++)
		if (ioctl(fd, TIOCGWINSZ, &size) == 0) {
			ioctl(master, TIOCSWINSZ, &size);
			return;
		}
}

/* Move what can be moved now; FROM and TO are what poll(2) said about the two ends. */
static void flow_move(struct flow *f, short from, short to)
{
	if (f->n == 0 && f->from >= 0 && !f->ended && from & (POLLIN | POLLHUP | POLLERR)) {
		ssize_t n = read(f->from, f->bytes, sizeof f->bytes);
		/* EIO on a master means that nobody has the other end open. */
		if (n <= 0 && !(n < 0 && (errno == EAGAIN || errno == EINTR)))
			f->ended = true;
		f->at = 0;
		f->n = n > 0 && f->to >= 0 ? (size_t) n : 0;
		if (n > 0)
			f->last = f->bytes[n - 1];
	}
	if (f->n && to & (POLLOUT | POLLERR | POLLHUP)) {
		ssize_t n = write(f->to, f->bytes + f->at, f->n);
		/* The writer at the other end does not learn of this: read and discard the rest, or it would block
		 * forever. */
		if (n < 0 && errno != EAGAIN && errno != EINTR) {
			f->to = -1;
			f->n = 0;
		}
		if (n > 0) {
			f->at += (size_t) n;
			f->n -= (size_t) n;
		}
	}
}

/* Our standard input has ended: ^D at the beginning of a line tells that to a program reading lines from the terminal.
 * After an unfinished line the first ^D only delivers that line, and a second one is needed. */
static void end_input(struct flow *f)
{
	struct termios t;

	f->from = -1;
	if (tcgetattr(f->to, &t) < 0 || !(t.c_lflag & ICANON))
		return;
	f->bytes[0] = f->bytes[1] = (char) t.c_cc[VEOF];
	f->at = 0;
	f->n = f->last == '\n' ? 1 : 2;
}

/*
 * Job control.  A process in the background neither reads from its terminal nor changes it: the kernel would stop it
 * with SIGTTIN and SIGTTOU.  We have these blocked and would not be stopped, so a shell would find its terminal raw.
 * A terminal that is not our session's has no background (ENOTTY).
 */
static bool in_background(void)
{
	pid_t group = tcgetpgrp(STDIN_FILENO);

	return group >= 0 && group != getpgrp();
}

/* Take our terminal if we are in its foreground, else leave it alone.  AGAIN: we have been stopped, and its modes may
 * have changed meanwhile. */
static void keyboard_look(struct keyboard *k, struct flow *in, bool again)
{
	bool taken = k->raw && !k->away && !again;
	struct termios raw;

	k->away = in_background();
	in->from = k->away || in->ended ? -1 : STDIN_FILENO;
	if (k->away || taken || (!k->raw && tcgetattr(STDIN_FILENO, &k->before) < 0))
		return;
	raw = k->before;
	cfmakeraw(&raw);
	k->raw = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

/* The program has ended: while its last output is shown, ^C is meant for us. */
static void keyboard_interrupts(const struct keyboard *k)
{
	struct termios t;

	if (!k->raw || in_background() || tcgetattr(STDIN_FILENO, &t) < 0)
		return;
	t.c_lflag |= ISIG;
	tcsetattr(STDIN_FILENO, TCSANOW, &t);
}

static void keyboard_give_back(const struct keyboard *k)
{
	if (k->raw && !in_background())
		tcsetattr(STDIN_FILENO, TCSANOW, &k->before);
}

/* Reap all children that have ended; true, with *STATUS, if PID was among them. */
static bool reap(pid_t pid, int *status)
{
	bool found = false;
	int s;

	for (pid_t p; (p = waitpid(-1, &s, WNOHANG)) > 0; )
		if (p == pid) {
			*status = s;
			found = true;
		}
	return found;
}

/* Pass on the signals that came in; true, with *STATUS, if the process has ended. */
static bool take_signals(struct stay *stay, int *status)
{
	const struct foreground *f = stay->f;
	struct signalfd_siginfo s;
	bool ended = false;

	while (read(stay->signals, &s, sizeof s) == (ssize_t) sizeof s) {
		switch (s.ssi_signo) {
		case SIGCHLD:
			ended |= reap(f->pid, status);
			break;
		case SIGWINCH:
			if (f->master >= 0)
				foreground_copy_size(f->master);
			break;
		case SIGURG:
		case SIGPIPE:
			break;
		case SIGCONT:
			if (stay->keyboard.there)
				keyboard_look(&stay->keyboard, &stay->in, true);
			__attribute__((fallthrough));
		default:
			process_signal(f->pidfd, (int) s.ssi_signo);
		}
	}
	return ended;
}

/* Wait until TO accepts data, which its reader may never do.  False if a signal tells us to give up. */
static bool wait_for_reader(int to)
{
	struct pollfd p[] = { { to, POLLOUT, 0 }, { interrupt_fd(), POLLIN, 0 } };
	struct error ignored;

	poll(p, ARRAY_SIZE(p), -1);
	return p[0].revents || interrupt_check(&ignored) == 0;
}

/* Copy what the container's terminal still holds after the process has ended. */
static void drain(struct flow *out)
{
	for (int rounds = 0; rounds < 100000 && !out->ended; rounds++) {
		struct pollfd p = { out->from, POLLIN, 0 };
		bool full = out->n > 0;
		if (full ? !wait_for_reader(out->to) : poll(&p, 1, 0) <= 0)
			return;
		flow_move(out, p.revents, full ? POLLOUT : 0);
	}
}

/* What loop() waits for; a flow waits for only one of its ends at a time. */
enum { SIGNALS, IN_FROM, IN_TO, OUT_FROM, OUT_TO, NOTIFY, KILLS };

static int loop(struct stay *stay)
{
	struct foreground *f = stay->f;
	struct flow *in = &stay->in, *out = &stay->out;
	struct keyboard *k = &stay->keyboard;
	int status = 0;

	/* It may have ended before we started listening. */
	if (reap(f->pid, &status))
		return status;
	for (;;) {
		struct pollfd p[] = {
			[SIGNALS] = { stay->signals, POLLIN, 0 },
			[IN_FROM] = { in->n ? -1 : in->from, POLLIN, 0 },
			[IN_TO] = { in->n ? in->to : -1, POLLOUT, 0 },
			[OUT_FROM] = { out->n ? -1 : out->from, POLLIN, 0 },
			[OUT_TO] = { out->n ? out->to : -1, POLLOUT, 0 },
			[NOTIFY] = { f->notify, POLLIN, 0 },
			[KILLS] = { stay->kills.fd, stay->kills.events, 0 },
		};
		if (poll(p, ARRAY_SIZE(p), k->away ? LOOK_MS : -1) < 0 && errno != EINTR)
			return -1;
		/* The kernel counts an OOM kill before it kills, so we see the count while the cgroup still exists. */
		if (p[KILLS].revents) {
			cgroup_oom_happened(&stay->kills);
			f->oom_kills = stay->kills.seen;
		}
		if (p[SIGNALS].revents && take_signals(stay, &status))
			return status;
		if (k->there && (k->away || p[IN_FROM].revents))
			keyboard_look(k, in, false);
		flow_move(in, p[IN_FROM].revents, p[IN_TO].revents);
		flow_move(out, p[OUT_FROM].revents, p[OUT_TO].revents);
		if (in->ended && in->from >= 0 && !in->n)
			end_input(in);
		if (out->ended)
			out->from = -1;
		if (p[NOTIFY].revents && notify_forward(f->notify, f->pid))
			f->notify = -1;
	}
}

static void connect_terminals(struct stay *stay)
{
	int master = stay->f->master;

	if (master < 0)
		return;
	stay->in = (struct flow) { .from = STDIN_FILENO, .to = master, .last = '\n' };
	stay->out = (struct flow) { .from = master, .to = STDOUT_FILENO };
	fcntl(master, F_SETFL, O_NONBLOCK);
	stay->keyboard.there = isatty(STDIN_FILENO);
	if (stay->keyboard.there)
		keyboard_look(&stay->keyboard, &stay->in, false);
}

int foreground_stay(struct foreground *f, struct error *err)
{
	struct stay stay = {
		.f = f, .in = { .from = -1, .to = -1 }, .out = { .from = -1, .to = -1 }, .kills = { .fd = -1 },
	};
	struct error ignored;
	sigset_t all;

	sigfillset(&all);
	auto_fd signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0)
		return fail(err, errno, "listen to signals");
	stay.signals = signals;
	connect_terminals(&stay);
	/* v1 signals an OOM before it counts the kill, so this is of no use there. */
	if (f->memory && cgroup_oom_watch(f->memory, &stay.kills, &ignored) == 0)
		f->oom_kills = stay.kills.seen;
	f->status = loop(&stay);
	if (f->status < 0)
		fail(err, errno, "wait for the container's process");
	cgroup_oom_unwatch(&stay.kills);
	keyboard_interrupts(&stay.keyboard);
	if (f->master >= 0)
		drain(&stay.out);
	keyboard_give_back(&stay.keyboard);
	return f->status < 0 ? -1 : process_exit_code(f->status);
}
