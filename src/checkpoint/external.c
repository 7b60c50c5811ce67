/* external.c - see external.h */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/number.h"
#include "base/text.h"
#include "checkpoint/external.h"
#include "libocispec/arena.h"
#include "sys/fd.h"
#include "sys/mountinfo.h"
#include "sys/namespace.h"
#include "sys/path.h"

char *external_name(struct arena *arena, const char *path)
{
	char *clean = arena_alloc(arena, strlen(path) + 2);

	path_clean(path, clean);
	return clean;
}

/* ---- mounts ------------------------------------------------------------------ */

struct search {
	const struct plan *plan;
	struct arena *arena;
	struct mountinfo mounts;
	const struct step **step;	/* for each mount, the step that made it; NULL: unknown */
	struct wire_list *found, *below;
	struct text *complaints;
};

static bool makes_a_mount(enum step_action action)
{
	return action == STEP_BIND || action == STEP_MOUNT || action == STEP_CGROUP || action == STEP_DEVICE ||
	       action == STEP_MASK || action == STEP_READONLY;
}

/* The mount at the target of STEP, or NULL. */
static const struct mount_entry *mount_at(const struct search *s, int root, const struct step *step)
{
	uint64_t flags = O_PATH | (step->no_follow_target ? O_NOFOLLOW : 0);
	auto_fd fd = path_openat2(root, step->target, flags, 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
	const struct mount_entry *entry;
	struct statx stx;
	uint64_t id;

	if (fd < 0 || !mount_id(fd, &id) || !(entry = mountinfo_find(&s->mounts, id)))
		return NULL;
	if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &stx) == 0 &&
	    stx.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT)
		return stx.stx_attributes & STATX_ATTR_MOUNT_ROOT ? entry : NULL;
	/* Before Linux 5.8: compare the path as written. */
	auto_free char *clean = xmalloc(strlen(step->target) + 2);
	path_clean(step->target, clean);
	return strcmp(entry->place, clean) ? NULL : entry;
}

static void match_steps(struct search *s, int root)
{
	const struct rootfs_plan *rootfs = &s->plan->rootfs;

	for (size_t i = 0; i < rootfs->n_steps; i++) {
		const struct step *step = &rootfs->steps[i];
		const struct mount_entry *entry = makes_a_mount(step->action) ? mount_at(s, root, step) : NULL;

		if (entry)
			s->step[entry - s->mounts.entries] = step;
	}
}

/* The closest bind mount that ENTRY came along with, or NULL. */
static const struct mount_entry *carrier(const struct search *s, const struct mount_entry *entry)
{
	for (size_t depth = 0; depth <= s->mounts.n; depth++) {
		entry = mountinfo_find(&s->mounts, entry->parent);
		if (!entry)
			return NULL;
		const struct step *step = s->step[entry - s->mounts.entries];
		if (step)
			return step->action == STEP_BIND && step->recursive ? entry : NULL;
	}
	return NULL;
}

/* CRIU makes part of a file system from another mount that shows at least as much; there must be one. */
static bool has_whole(const struct search *s, const struct mount_entry *entry)
{
	for (size_t i = 0; i < s->mounts.n; i++) {
		const struct mount_entry *other = &s->mounts.entries[i];

		if (other != entry && other->major == entry->major && other->minor == entry->minor &&
		    text_lies_below(entry->root, other->root))
			return true;
	}
	return false;
}

/* True if something else has that name: a mount of the config, or in a user namespace the device. */
static bool binds_null(const struct plan *plan)
{
	for (size_t i = 0; i < plan->rootfs.n_steps; i++) {
		const struct step *step = &plan->rootfs.steps[i];
		if ((step->action == STEP_BIND || (step->action == STEP_DEVICE && step->source)) &&
		    !strcmp(step->target, "/dev/null"))
			return true;
	}
	return false;
}

static void look_at(struct search *s, size_t i)
{
	const struct mount_entry *entry = &s->mounts.entries[i], *with;
	const struct step *step = s->step[i];
	const char *place = arena_strdup(s->arena, entry->place);

	if (!strcmp(entry->place, "/"))
		return;
	/* A masked folder is a whole tmpfs, which CRIU can make; a masked file is the host's /dev/null, and runc calls
	 * it that. */
	if (step && step->action == STEP_MASK && strcmp(entry->root, "/") != 0 && !binds_null(s->plan)) {
		criu_add_pair(s->found, place, "/dev/null");
		return;
	}
	if (step && step->within)
		text_addf(s->complaints, "the source of the mount on %s lies on another mount of the container\n",
			  entry->place);
	if (step && (step->action == STEP_BIND || step->action == STEP_DEVICE ||
		     (step->action == STEP_MASK && strcmp(entry->root, "/") != 0))) {
		criu_add_pair(s->found, place, external_name(s->arena, step->target));
		return;
	}
	/* v1 and hybrid: the container's own folders, which will be different ones after a restore. */
	if (!strcmp(entry->type, "cgroup") || (!strcmp(entry->type, "cgroup2") && !step)) {
		criu_add_pair(s->found, place, place);
		return;
	}
	with = step ? NULL : carrier(s, entry);
	if (with) {
		const struct step *bind = s->step[with - s->mounts.entries];
		char *target = external_name(s->arena, bind->target);
		char *name = arena_printf(s->arena, "%s%s", target, entry->place + strlen(with->place));
		criu_add_pair(s->found, place, name);
		criu_add_text(s->below, name);
		return;
	}
	/* A cgroup2 that was mounted in a cgroup namespace looks from here like part of the host's. */
	if (strcmp(entry->root, "/") != 0 && strcmp(entry->type, "cgroup2") != 0 && !has_whole(s, entry))
		text_addf(s->complaints,
			  "the mount on %s (%s) is not in the config: it came from a hook, or by `mounts add`\n",
			  entry->place, entry->type);
}

int external_mounts(const struct plan *plan, int pid, struct arena *arena, struct wire_list *mounts,
		    struct wire_list *below, struct text *complaints, struct error *err)
{
	struct search s = { .plan = plan, .arena = arena, .found = mounts, .below = below, .complaints = complaints };
	auto_free char *proc = xasprintf("/proc/%d", pid), *path = xasprintf("/proc/%d/root", pid);
	auto_fd root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int result;

	if (root < 0)
		return fail(err, errno, "open the container's root");
	result = mountinfo_read(proc, &s.mounts, err);
	s.step = xcalloc(s.mounts.n, sizeof *s.step);
	if (result == 0) {
		match_steps(&s, root);
		for (size_t i = 0; i < s.mounts.n; i++)
			look_at(&s, i);
	}
	free(s.step);
	mountinfo_free(&s.mounts);
	return result;
}

/* ---- descriptors -------------------------------------------------------------- */

/* /dev/tty, virtual and serial consoles, and pseudo terminals. */
static bool is_terminal(const struct stat *st)
{
	unsigned m = major(st->st_rdev);

	return S_ISCHR(st->st_mode) && (m == 4 || m == 5 || (m >= 136 && m <= 143));
}

/* Descriptor FD of PID, held O_PATH, if it is what LINK names; else -1.  Held, since the process runs on and may move
 * it away the next moment. */
static int hold_if(int pid, size_t fd, const char *link)
{
	auto_free char *path = xasprintf("/proc/%d/fd/%zu", pid, fd);
	auto_fd held = open(path, O_PATH | O_CLOEXEC);
	char now[PATH_MAX];

	return held >= 0 && fd_path(held, now) && strcmp(now, link) == 0 ? take_fd(held) : -1;
}

/* One look through all descriptors of PID for what LINK names. */
static int find_among_all(int pid, const char *link)
{
	auto_free char *path = xasprintf("/proc/%d/fd", pid);
	struct dirent *entry;
	int held = -1;
	uint64_t n;
	DIR *dir = opendir(path);

	while (dir && held < 0 && (entry = readdir(dir)))
		if (number_parse(entry->d_name, 0, INT_MAX, &n))
			held = hold_if(pid, (size_t) n, link);
	if (dir)
		closedir(dir);
	return held;
}

/* What LINK names, which PID was given as descriptor FD, held O_PATH; -1 if it was closed or replaced.  A shell moves
 * its output elsewhere during a redirection, and back while we look: so look more than once. */
static int find_descriptor(int pid, const char *link, size_t fd)
{
	int held = hold_if(pid, fd, link);

	for (int tries = 100; held < 0 && tries > 0; tries--) {
		held = find_among_all(pid, link);
		if (held < 0)
			held = hold_if(pid, fd, link);
	}
	return held;
}

/* CRIU's name for what HELD is, not a pipe; "" if CRIU can save it by itself. */
static char *descriptor_name(int held, bool shell_job, const struct mountinfo *mounts, struct arena *arena,
			     struct wire_list *external)
{
	struct stat st;
	uint64_t id;
	char *key;

	if (fstat(held, &st) < 0)
		return arena_strdup(arena, "");
	if (S_ISSOCK(st.st_mode)) {
		criu_add_text(external, arena_printf(arena, "unix[%ju]", (uintmax_t) st.st_ino));
		return arena_printf(arena, "socket:[%ju]", (uintmax_t) st.st_ino);
	}
	if (is_terminal(&st)) {
		if (shell_job)
			return arena_strdup(arena, "");
		key = arena_printf(arena, "tty[%jx:%jx]", (uintmax_t) st.st_rdev, (uintmax_t) st.st_dev);
	} else {
		/* A file on one of the container's own mounts is not external. */
		if (!mount_id(held, &id) || mountinfo_find(mounts, id))
			return arena_strdup(arena, "");
		key = arena_printf(arena, "file[%" PRIx64 ":%jx]", id, (uintmax_t) st.st_ino);
	}
	criu_add_text(external, key);
	return key;
}

int external_descriptors(int pid, char **descriptors, size_t n, bool shell_job, struct arena *arena, char **inherit,
			 struct wire_list *external, struct error *err)
{
	auto_free char *proc = xasprintf("/proc/%d", pid);
	struct mountinfo mounts;
	int result = mountinfo_read(proc, &mounts, err);

	for (size_t i = 0; i < n && result == 0; i++) {
		/* A pipe is identified by its inode alone, whoever still has it. */
		if (!strncmp(descriptors[i], "pipe:[", 6)) {
			inherit[i] = arena_strdup(arena, descriptors[i]);
			continue;
		}
		auto_fd held = find_descriptor(pid, descriptors[i], i);
		inherit[i] = held < 0 ? arena_strdup(arena, "") :
			     descriptor_name(held, shell_job, &mounts, arena, external);
	}
	mountinfo_free(&mounts);
	return result;
}

/* ---- namespaces ---------------------------------------------------------------- */

const char *external_namespace_name(int flag)
{
	return flag == CLONE_NEWNET ? "extRootNetNS" : flag == CLONE_NEWPID ? "extRootPidNS" : NULL;
}

int external_namespaces(const struct namespace_plan *ns, int pid, struct arena *arena, struct wire_list *external,
			struct error *err)
{
	for (size_t i = 0; i < ns->n_join; i++) {
		const char *name = external_namespace_name(ns->join[i].flag),
			   *proc = namespace_by_flag(ns->join[i].flag)->proc;
		auto_free char *path = xasprintf("/proc/%d/ns/%s", pid, proc);
		struct stat st;

		if (!name)
			continue;
		if (stat(path, &st) < 0)
			return fail(err, errno, "look at the container's %s namespace", proc);
		criu_add_text(external, arena_printf(arena, "%s[%ju]:%s", proc, (uintmax_t) st.st_ino, name));
	}
	return 0;
}
