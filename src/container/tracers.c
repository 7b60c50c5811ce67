/* tracers.c - see tracers.h */
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "container/handle.h"
#include "container/tracers.h"
#include "sys/namespace.h"

#define NOTE "may-trace"

bool tracers_noted(int folder)
{
	return faccessat(folder, NOTE, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

int tracers_note(int folder, struct error *err)
{
	auto_fd fd = openat(folder, NOTE, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	return fd < 0 ? fail(err, errno, "note in the state folder that CAP_SYS_PTRACE is granted") : 0;
}

/* Whoever cannot be looked at, or has ended, cannot be entered either. */
static int note_owner(const char *root, const char *id, int pidns, struct error *err)
{
	struct handle handle;
	struct error ignored;
	int result = 0;

	if (handle_open(&handle, root, id, 0, &ignored) == 0 && handle.status != CONTAINER_STOPPED &&
	    handle.record->own_pidns && !handle.record->own_userns &&
	    namespace_is_of(handle.record->pid, pidns, CLONE_NEWPID) && tracers_note(handle.folder, err) < 0 &&
	    err->number != ENOENT)
		result = wrap(err, "of %s, whose pid namespace this is", id);
	handle_close(&handle);
	return result;
}

int tracers_note_owners(const char *root, int pidns, struct error *err)
{
	int result = 0;
	char **ids;

	if (container_list(root, &ids, err) < 0)
		return -1;
	for (char **id = ids; *id && result == 0; id++)
		result = note_owner(root, *id, pidns, err);
	container_list_free(ids);
	return result;
}
