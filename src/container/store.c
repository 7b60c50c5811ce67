/* store.c - see store.h */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "container/store.h"
#include "libocispec/arena.h"
#include "sys/fd.h"

#define LOOK_MS 5		/* how often to try a lock */
#define MAKE_MS 1000
#define UPDATE_MS 10000
#define ID_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+.-"

int store_check_id(const char *id, struct error *err)
{
	size_t n = strlen(id), good = strspn(id, ID_CHARACTERS);
	int bytes = 1;

	if (!n)
		return fail_code(err, ERROR_USAGE, "container id cannot be empty");
	if (n > NAME_MAX)
		return fail_code(err, ERROR_USAGE, "invalid container ID format: longer than %d characters", NAME_MAX);
	if (!strcmp(id, ".") || !strcmp(id, ".."))
		return fail_code(err, ERROR_USAGE, "invalid container ID format: \"%s\" is not a name", id);
	if (good == n)
		return 0;
	/* All bytes of a UTF-8 character. */
	while ((id[good + (size_t) bytes] & 0xc0) == 0x80)
		bytes++;
	return fail_code(err, ERROR_USAGE,
			 "invalid container ID format: invalid character \"%.*s\" in \"%s\" (letters, digits and _+.- "
			 "are allowed)", bytes, id + good, id);
}

/* Open the state root; with MAKE also make it and its parents. */
static int open_root(const char *root, bool make, struct error *err)
{
	int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	if (!make || errno != ENOENT)
		return fail(err, errno, "open the state root %s", root);

	if (folder_make_all(root, err) < 0)
		return wrap(err, "make the state root");
	fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd >= 0 ? fd : fail(err, errno, "open the state root %s", root);
}

bool store_lock(int folder, bool wait)
{
	int result;

	do
		result = flock(folder, wait ? LOCK_EX : LOCK_EX | LOCK_NB);
	while (result < 0 && errno == EINTR);
	return result == 0;
}

/* flock(2) has no timeout. */
static bool lock_within(int fd, int ms)
{
	for (int waited = 0; !store_lock(fd, false); waited += LOOK_MS) {
		if (waited >= ms)
			return false;
		clock_sleep(LOOK_MS);
	}
	return true;
}

int store_make(const char *root, const char *id, struct error *err)
{
	auto_fd dir = -1, folder = -1;

	if (store_check_id(id, err) < 0 || (dir = open_root(root, true, err)) < 0)
		return -1;
	if (mkdirat(dir, id, 0700) < 0) {
		if (errno == EEXIST)
			return fail_code(err, ERROR_EXISTS, "container with given ID already exists: %s", id);
		return fail(err, errno, "make the state folder %s/%s", root, id);
	}
	folder = openat(dir, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	/* Somebody looking at it may hold the lock for a moment. */
	if (folder < 0 || !lock_within(folder, MAKE_MS)) {
		fail(err, errno, "lock the state folder %s/%s", root, id);
		unlinkat(dir, id, AT_REMOVEDIR);
		return -1;
	}
	if (store_removed(folder))
		return fail_code(err, ERROR_STATE, "the container was deleted before it was made");
	return take_fd(folder);
}

/* The contents of a state folder are trusted: they decide which hooks are run, processes killed, namespaces entered.
 * Where others may write to the state root, they could have planted it (a plain user in root's --root below /tmp). */
static int check_owner(int folder, const char *root, const char *id, struct error *err)
{
	struct stat st;

	if (fstat(folder, &st) < 0)
		return fail(err, errno, "look at the state folder %s/%s", root, id);
	if (st.st_uid == geteuid() || st.st_uid == 0)
		return 0;
	return fail(err, EPERM, "the state folder %s/%s belongs to uid %u, not to us", root, id, (unsigned) st.st_uid);
}

int store_open(const char *root, const char *id, struct error *err)
{
	auto_fd dir = -1, folder = -1;

	if (store_check_id(id, err) < 0)
		return -1;
	dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 && errno != ENOENT)
		return fail(err, errno, "open the state root %s", root);
	folder = dir < 0 ? -1 : openat(dir, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder < 0 && (errno == ENOENT || errno == ENOTDIR))
		return fail_code(err, ERROR_NOT_FOUND, "container \"%s\" does not exist", id);
	if (folder < 0)
		return fail(err, errno, "open the state folder %s/%s", root, id);
	return check_owner(folder, root, id, err) < 0 ? -1 : take_fd(folder);
}

bool store_locked(int folder)
{
	if (flock(folder, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK;
	flock(folder, LOCK_UN);
	return false;
}

int store_fail_busy(int ms, struct error *err)
{
	return fail_code(err, ERROR_TIMEOUT, "another command has been at work on this container for %d s", ms / 1000);
}

int store_lock_within(int folder, int ms, struct error *err)
{
	if (!lock_within(folder, ms))
		return store_fail_busy(ms, err);
	return store_removed(folder) ? fail_code(err, ERROR_NOT_FOUND, "the container does not exist any more") : 0;
}

void store_unlock(int folder)
{
	flock(folder, LOCK_UN);
}

int store_lock_update(int folder, struct error *err)
{
	auto_fd fd = openat(folder, "update", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return fail(err, errno, "open the file \"update\" of the state folder");
	if (!lock_within(fd, UPDATE_MS))
		return fail_code(err, ERROR_TIMEOUT, "another update has been at work for %d s", UPDATE_MS / 1000);
	return take_fd(fd);
}

int store_lock_start(int folder, struct error *err)
{
	auto_fd fd = openat(folder, "starting", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return fail(err, errno, "open the file \"starting\" of the state folder");
	if (!store_lock(fd, false))
		return fail_code(err, ERROR_STATE,
				 "cannot start an already running container (another start is at work on it)");
	return take_fd(fd);
}

bool store_removed(int folder)
{
	struct stat st;

	return fstat(folder, &st) == 0 && st.st_nlink == 0;
}

static DIR *list(int folder)
{
	int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return copy >= 0 ? fdopendir(copy) : NULL;
}

/* Empty SUB, a folder in FOLDER.  Its contents may be the container's work (notify/), nested deeper than our stack or
 * descriptors allow: non-empty folders are moved up, to be emptied in turn. */
static int flatten(int folder, int sub, unsigned *moved, struct error *err)
{
	DIR *dir = list(sub);
	struct dirent *e;
	char name[32];
	int result = 0;

	if (!dir)
		return errno == ENOENT ? 0 : fail(err, errno, "read a folder of the state folder");
	while (result == 0 && (e = readdir(dir))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") || unlinkat(sub, e->d_name, 0) == 0 ||
		    unlinkat(sub, e->d_name, AT_REMOVEDIR) == 0)
			continue;
		/* A killed delete may have left some of these. */
		do {
			snprintf(name, sizeof name, "moved.%u", ++*moved);
			result = renameat(sub, e->d_name, folder, name);
		} while (result < 0 && (errno == EEXIST || errno == ENOTEMPTY));
		if (result < 0)
			result = fail(err, errno, "move %s out of its folder", e->d_name);
	}
	closedir(dir);
	return result;
}

/* Remove what is in the state folder; *LEFT: folders were moved into it meanwhile. */
static int empty_once(int folder, unsigned *moved, bool *left, struct error *err)
{
	DIR *dir = list(folder);
	struct dirent *e;
	int result = 0;

	*left = false;
	if (!dir)
		return errno == ENOENT ? 0 : fail(err, errno, "read the state folder");
	while (result == 0 && (e = readdir(dir))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") || unlinkat(folder, e->d_name, 0) == 0 ||
		    errno == ENOENT)
			continue;
		const unsigned before = *moved;
		auto_fd sub = openat(folder, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (sub >= 0)
			result = flatten(folder, sub, moved, err);
		if (result == 0 && unlinkat(folder, e->d_name, AT_REMOVEDIR) < 0 && errno != ENOENT)
			result = fail(err, errno, "remove %s from the state folder", e->d_name);
		*left |= *moved != before;
	}
	closedir(dir);
	return result;
}

static int empty_folder(int folder, struct error *err)
{
	unsigned moved = 0;
	bool left = true;
	int result = 0;

	while (result == 0 && left)
		result = empty_once(folder, &moved, &left, err);
	return result;
}

int store_remove(const char *root, const char *id, int folder, struct error *err)
{
	auto_fd dir = open_root(root, false, err);

	if (dir < 0)
		return -1;
	/* First the journal: with that but no state.json, the container would seem to be still in the making. */
	if (unlinkat(folder, "journal", 0) < 0 && errno != ENOENT)
		return fail(err, errno, "remove the journal from the state folder %s/%s", root, id);
	/* Once more if a note has been left meanwhile (tracers.h): nobody waits for the lock to do that. */
	for (int tries = 3;;) {
		if (empty_folder(folder, err) < 0)
			return -1;
		if (unlinkat(dir, id, AT_REMOVEDIR) == 0 || errno == ENOENT)
			return 0;
		if (errno != ENOTEMPTY || --tries == 0)
			return fail(err, errno, "remove the state folder %s/%s", root, id);
	}
}

int store_write(int folder, const char *name, const struct record_state *record, struct error *err)
{
	size_t n;
	auto_free char *text = json_write(&record_state_type, record, false, &n);

	return file_replace(folder, name, text, n, 0600, err);
}

struct record_state *store_read(int folder, const char *id, const char *name, struct arena *arena, struct error *err)
{
	struct json_faults faults = { .arena = arena };
	struct record_state *record;
	size_t n;
	auto_fd fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT) {
		fail_code(err, ERROR_NOT_FOUND, "container \"%s\" does not exist", id);
		return NULL;
	}
	if (fd < 0) {
		fail(err, errno, "open %s of container %s", name, id);
		return NULL;
	}
	auto_free char *text = fd_read_all(fd, 16 << 20, &n, err);
	if (!text) {
		wrap(err, "read %s of container %s", name, id);
		return NULL;
	}
	record = json_read(arena, &record_state_type, text, n, &faults);
	if (!record || faults.n) {
		fail_code(err, ERROR_SYSTEM, "%s of container %s is damaged: %s%s%s", name, id,
			  faults.n ? faults.list[0].pointer : "",
			  faults.n && faults.list[0].pointer[0] ? ": " : "",
			  faults.n ? faults.list[0].message : "no object");
		return NULL;
	}
	if (record->version != RECORD_VERSION) {
		fail_code(err, ERROR_UNSUPPORTED, "%s of container %s has version %u, this build reads %d", name, id,
			  record->version, RECORD_VERSION);
		return NULL;
	}
	return record;
}

void store_put_cgroup(struct arena *arena, struct record_state *record, const struct cgroup *cgroup)
{
	record->cgroup_layout = cgroup->layout;
	record->n_cgroup = cgroup->n_folders;
	record->cgroup = arena_alloc(arena, cgroup->n_folders * sizeof *record->cgroup);
	for (size_t i = 0; i < cgroup->n_folders; i++) {
		const struct cgroup_folder *from = &cgroup->folders[i];
		record->cgroup[i] = (struct record_folder) {
			.hierarchy = arena_strdup(arena, from->hierarchy), .v2 = from->v2,
			.path = arena_strdup(arena, from->path), .made = from->made, .made_parents = from->made_parents,
		};
	}
	if (cgroup->unit) {
		record->unit = arena_alloc(arena, sizeof *record->unit);
		*record->unit = (struct record_unit) {
			.name = arena_strdup(arena, cgroup->unit->name), .user = cgroup->unit->user,
			.lingers = cgroup->unit->lingers,
		};
	}
}

void store_get_cgroup(const struct record_state *record, struct cgroup *cgroup)
{
	*cgroup = (struct cgroup) { .layout = record->cgroup_layout, .n_folders = record->n_cgroup };
	cgroup->folders = xcalloc(record->n_cgroup, sizeof *cgroup->folders);
	for (size_t i = 0; i < record->n_cgroup; i++) {
		const struct record_folder *from = &record->cgroup[i];
		struct cgroup_folder *to = &cgroup->folders[i];
		*to = (struct cgroup_folder) {
			.v2 = from->v2, .path = xstrdup(from->path), .made = from->made,
			.made_parents = from->made_parents, .fd = -1, .join = -1,
		};
		snprintf(to->hierarchy, sizeof to->hierarchy, "%s", from->hierarchy);
	}
	if (record->unit) {
		cgroup->unit = xcalloc(1, sizeof *cgroup->unit);
		*cgroup->unit = (struct cgroup_unit) {
			.name = xstrdup(record->unit->name), .user = record->unit->user,
			.lingers = record->unit->lingers, .asked = true,
		};
		if (record->n_cgroup > 0)
			cgroup->unit->path = xstrdup(record->cgroup[0].path);
		cgroup_describe_unit(cgroup, record->id, record->created);
	}
}

void store_get_cgroup_of(const struct record_state *record, const char *controller, struct cgroup *cgroup)
{
	struct record_state only = { .cgroup_layout = record->cgroup_layout };

	for (size_t i = 0; i < record->n_cgroup; i++) {
		struct record_folder *folder = &record->cgroup[i];

		/* Also matches "memory,freezer"; no controller asked for here has a name that is part of another's. */
		if (folder->v2 ? !only.n_cgroup : strstr(folder->hierarchy, controller) != NULL) {
			only.cgroup = folder;
			only.n_cgroup = 1;
		}
	}
	store_get_cgroup(&only, cgroup);
}
