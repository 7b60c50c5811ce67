/* holder.c - see holder.h */
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "cgroup/holder.h"
#include "sys/process.h"

static void hold(pid_t parent)
{
	prctl(PR_SET_NAME, "ctr-run:[hold]");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* Our parent may have died before that. */
	while (getppid() == parent)
		pause();
	_exit(0);
}

int holder_start(pid_t *holder, struct error *err)
{
	pid_t parent = getpid(), pid;

	pid = process_fork(err);
	if (pid == 0)
		hold(parent);
	if (pid < 0)
		return -1;
	*holder = pid;
	return 0;
}
