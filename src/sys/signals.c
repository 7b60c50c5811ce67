/* signals.c - see signals.h */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/names.h"
#include "base/number.h"
#include "sys/signals.h"

#define LAST_SIGNAL 64
#define KERNEL_SIGSET_SIZE 8

/* The first row with a number has its usual name. */
static const struct name_value signals[] = {
#define S(name) { "SIG" #name, SIG##name }
	S(HUP), S(INT), S(QUIT), S(ILL), S(TRAP), S(ABRT), S(BUS), S(FPE), S(KILL), S(USR1), S(SEGV), S(USR2), S(PIPE),
	S(ALRM), S(TERM),
#ifdef SIGSTKFLT
	S(STKFLT),
#endif
	S(CHLD), S(CONT), S(STOP), S(TSTP), S(TTIN), S(TTOU), S(URG), S(XCPU), S(XFSZ), S(VTALRM), S(PROF), S(WINCH),
	S(IO), S(PWR), S(SYS),
	/* other names of the same */
	{ "SIGIOT", SIGABRT }, { "SIGPOLL", SIGIO }, { "SIGCLD", SIGCHLD }, { "SIGUNUSED", SIGSYS },
#undef S
	{ NULL, 0 }
};

/* What comes after "RTMIN" or "RTMAX": nothing, or SIGN and an offset that stays in the range. */
static int parse_realtime(const char *s, char sign, int base)
{
	uint64_t offset;

	if (!*s)
		return base;
	if (*s != sign || !number_parse(s + 1, 0, (uint64_t) (SIGRTMAX - SIGRTMIN), &offset))
		return -1;
	return sign == '+' ? base + (int) offset : base - (int) offset;
}

int signal_parse(const char *s)
{
	uint64_t number;

	if (number_parse(s, 0, LAST_SIGNAL, &number))
		return (int) number;
	if (name_same(s, "SIG", 3))
		s += 3;
	/* SIGRTMIN is glibc's 34 here, as for kill(1) and systemd; the C library keeps the kernel's 32 and 33 for
	 * itself. */
	if (name_same(s, "RTMIN", 5))
		return parse_realtime(s + 5, '+', SIGRTMIN);
	if (name_same(s, "RTMAX", 5))
		return parse_realtime(s + 5, '-', SIGRTMAX);
	for (const struct name_value *row = signals; row->name; row++)
		if (name_same(s, row->name + 3, SIZE_MAX))
			return (int) row->value;
	return -1;
}

const char *signal_name(int sig)
{
	static char text[24];
	const struct name_value *row = sig > 0 ? value_find(signals, (uint64_t) sig) : NULL;

	if (row)
		return row->name;
	if (sig == SIGRTMIN)
		return "SIGRTMIN";
	if (sig == SIGRTMAX)
		return "SIGRTMAX";
	if (sig > SIGRTMIN && sig < SIGRTMAX)
		snprintf(text, sizeof text, "SIGRTMIN+%d", sig - SIGRTMIN);
	else
		snprintf(text, sizeof text, "signal %d", sig);
	return text;
}

static void end(int sig, siginfo_t *info, void *context)
{
	(void) context;
	/* A HUP from the kernel means that the other end of the terminal was closed: nobody asked us to end. */
	if (sig != SIGHUP || info->si_code != SI_KERNEL)
		_exit(128 + sig);
}

void signal_end_by_default(void)
{
	static const int ending[] = { SIGHUP, SIGINT, SIGQUIT, SIGABRT, SIGTERM };
	struct sigaction action = { .sa_sigaction = end, .sa_flags = SA_SIGINFO | SA_RESTART };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(ending); i++) {
		sigaction(ending[i], &action, NULL);
		sigaddset(&set, ending[i]);
	}
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

void signal_reset(void)
{
	/* All zero is SIG_DFL with no flags and an empty mask, however an architecture orders struct sigaction; glibc's
	 * own sigaction(3) refuses 32 and 33, which a caller may have ignored too. */
	static const unsigned long fallback[8];
	sigset_t none;

	/* exec itself resets caught signals, but ignored ones stay ignored.  Asking first which are costs as much as
	 * setting them all. */
	for (int sig = 1; sig <= LAST_SIGNAL; sig++)
		if (sig != SIGKILL && sig != SIGSTOP)
			syscall(SYS_rt_sigaction, sig, fallback, NULL, KERNEL_SIGSET_SIZE);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

void signal_want_children(void)
{
	signal(SIGCHLD, SIG_DFL);
}

void signal_survive_file_limit(void)
{
	signal(SIGXFSZ, SIG_IGN);
}
