/* pause.c - pause, resume: stop all processes of a container where they are, and let them continue */
#include "base/error.h"
#include "cgroup/cgroup.h"
#include "container/handle.h"

/* Freeze or thaw the cgroup that the record names. */
static int freeze(const struct handle *h, bool on, struct error *err)
{
	struct cgroup cgroup;
	int result = handle_open_cgroup(h, false, &cgroup, err);

	if (result == 0)
		result = cgroup_freeze(&cgroup, on, err);
	/* Whoever froze the whole slice or pod has to thaw it: ours is thawed, but nothing runs. */
	if (result == 0 && !on && cgroup_frozen(&cgroup))
		result = fail_code(err, ERROR_STATE, "a cgroup above the container's is frozen");
	cgroup_close(&cgroup);
	return result;
}

static int pause_or_resume(struct handle *h, bool on, struct error *err)
{
	handle_look_paused(h);
	if (!on && h->status != CONTAINER_PAUSED)
		return fail_code(err, ERROR_STATE, "container not paused");
	if (on && h->status == CONTAINER_PAUSED)
		return fail_code(err, ERROR_STATE, "container paused");
	if (on && h->status == CONTAINER_STOPPED)
		return fail_code(err, ERROR_STATE, "container not running");
	return freeze(h, on, err);
}

int container_pause(const char *root, const char *id, bool on, struct error *err)
{
	struct handle h;
	int result = handle_open(&h, root, id, 0, err);

	if (result == 0)
		result = pause_or_resume(&h, on, err);
	handle_close(&h);
	return result < 0 ? wrap(err, "%s %s", on ? "pause" : "resume", id) : 0;
}
