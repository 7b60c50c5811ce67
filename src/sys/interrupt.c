/* interrupt.c - see interrupt.h */
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "sys/interrupt.h"
#include "sys/signals.h"

static int caught = -1, taken;

int interrupt_catch(struct error *err)
{
	static const int ending[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	struct sigaction now;
	sigset_t set;

	sigemptyset(&set);
	/* Not those that are ignored: a blocked signal is delivered to a signalfd even then. */
	for (size_t i = 0; i < ARRAY_SIZE(ending); i++)
		if (sigaction(ending[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
			sigaddset(&set, ending[i]);
	caught = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (caught < 0)
		return fail(err, errno, "listen to signals");
	sigprocmask(SIG_BLOCK, &set, NULL);
	return 0;
}

int interrupt_fd(void)
{
	return caught;
}

int interrupt_check(struct error *err)
{
	struct signalfd_siginfo s;

	if (caught < 0 || read(caught, &s, sizeof s) != (ssize_t) sizeof s)
		return 0;
	taken = (int) s.ssi_signo;
	return fail_code(err, ERROR_INTERRUPTED, "interrupted by %s", signal_name(taken));
}

int interrupt_signal(void)
{
	return taken;
}

void interrupt_forget(void)
{
	cleanup_close(&caught);
}
