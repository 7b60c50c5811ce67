/* info.c - state, list, ps: what others want to know about a container */
#include <dirent.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/text.h"
#include "cgroup/cgroup.h"
#include "container/ended.h"
#include "container/handle.h"
#include "container/store.h"
#include "libocispec/version.h"
#include "sys/process.h"

static void look_at_end(const struct handle *h, struct container_info *info)
{
	struct ended ended;

	if (!h->complete)
		return;
	ended_look(h, &ended);
	info->has_exit = info->status == CONTAINER_STOPPED && ended.known;
	info->exit_status = ended.status;
	info->oom_kills = ended.oom_kills;
}

int container_info(const char *root, const char *id, struct container_info *info, struct error *err)
{
	struct handle h;
	int result = handle_open(&h, root, id, HANDLE_INCOMPLETE, err);

	/* No create is at work: either it has just finished, or it was killed and has left this behind, and to the user
	 * there never was a container. */
	if (result == 0 && !h.complete && (!h.record || !store_locked(h.folder)))
		result = handle_read(&h, 0, err);
	*info = (struct container_info) { .arena = h.arena };
	h.arena = (struct arena) { 0 };
	if (result == 0) {
		const struct record_state *r = h.record;
		handle_look_paused(&h);
		info->id = r->id;
		info->bundle = r->bundle;
		info->rootfs = r->rootfs;
		info->created = r->created;
		info->owner_uid = r->uid;
		info->annotations = r->annotations;
		info->status = h.complete ? h.status : CONTAINER_CREATING;
		info->pid = info->status == CONTAINER_STOPPED ? 0 : r->pid;
		look_at_end(&h, info);
	}
	handle_close(&h);
	return result < 0 ? wrap(err, "state of %s", id) : 0;
}

/* The user's name in the host's own /etc/passwd; a static program cannot use NSS. */
static char *user_name(struct arena *arena, uid_t uid)
{
	FILE *file = fopen("/etc/passwd", "re");
	struct passwd *p = NULL;

	while (file && (p = fgetpwent(file)) && p->pw_uid != uid)
		;
	char *name = p ? arena_strdup(arena, p->pw_name) : arena_printf(arena, "#%u", uid);
	if (file)
		fclose(file);
	return name;
}

void container_info_owner(struct container_info *info)
{
	info->owner = user_name(&info->arena, info->owner_uid);
}

void container_info_free(struct container_info *info)
{
	arena_free(&info->arena);
}

/* Add a key and its string value, on a line of its own if INDENT. */
static void add(struct text *t, bool indent, const char *key, const char *value)
{
	text_addf(t, "%s%s\"%s\":%s", t->s[t->n - 1] == '{' ? "" : ",", indent ? "\n  " : "", key, indent ? " " : "");
	text_add_json(t, value);
}

/* Beyond runc's members: the spec allows additions (runtime.md, State). */
static void add_end(struct text *t, bool indent, const struct container_info *info)
{
	const char *line = indent ? "\n  " : "", *deeper = indent ? "\n    " : "", *gap = indent ? " " : "";
	bool stopped = info->status == CONTAINER_STOPPED;
	/* There were OOM kills, but a first process that ended in another way was not among them. */
	bool oom = info->oom_kills &&
		   (!info->has_exit || (WIFSIGNALED(info->exit_status) && WTERMSIG(info->exit_status) == SIGKILL));

	if (info->oom_kills)
		text_addf(t, ",%s\"oomKills\":%s%llu", line, gap, info->oom_kills);
	if (!stopped || (!info->has_exit && !oom))
		return;
	text_addf(t, ",%s\"exit\":%s{", line, gap);
	if (info->has_exit)
		text_addf(t, "%s\"code\":%s%d,", deeper, gap, process_exit_code(info->exit_status));
	if (info->has_exit && WIFSIGNALED(info->exit_status))
		text_addf(t, "%s\"signal\":%s%d,", deeper, gap, WTERMSIG(info->exit_status));
	text_addf(t, "%s\"oomKilled\":%s%s%s}", deeper, gap, oom ? "true" : "false", line);
}

char *container_state_json(const struct container_info *info, bool indent)
{
	const char *line = indent ? "\n  " : "", *deeper = indent ? "\n    " : "", *gap = indent ? " " : "";
	struct text t = { 0 };

	text_add(&t, "{");
	add(&t, indent, "ociVersion", OCI_VERSION);
	add(&t, indent, "id", info->id);
	text_addf(&t, ",%s\"pid\":%s%d", line, gap, info->pid);
	add(&t, indent, "status", container_status_name(info->status));
	add(&t, indent, "bundle", info->bundle);
	add(&t, indent, "rootfs", info->rootfs);
	add(&t, indent, "created", info->created);
	if (info->annotations.n) {
		text_addf(&t, ",%s\"annotations\":%s{", line, gap);
		for (size_t i = 0; i < info->annotations.n; i++) {
			text_addf(&t, "%s%s", i ? "," : "", deeper);
			text_add_json(&t, info->annotations.keys[i]);
			text_addf(&t, ":%s", gap);
			text_add_json(&t, info->annotations.values[i]);
		}
		text_addf(&t, "%s}", line);
	}
	add(&t, indent, "owner", info->owner ? info->owner : "");
	add_end(&t, indent, info);
	text_add(&t, indent ? "\n}" : "}");
	return text_take(&t);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *) a, *(char *const *) b);
}

int container_list(const char *root, char ***ids, struct error *err)
{
	DIR *dir = opendir(root);
	char **list = NULL;
	struct dirent *e;
	size_t n = 0;

	if (!dir && errno != ENOENT)
		return fail(err, errno, "read the state root %s", root);
	while (dir && (e = readdir(dir))) {
		struct error ignored;
		if (e->d_name[0] == '.' && (!e->d_name[1] || (e->d_name[1] == '.' && !e->d_name[2])))
			continue;
		if ((e->d_type != DT_DIR && e->d_type != DT_UNKNOWN) || store_check_id(e->d_name, &ignored) < 0)
			continue;
		*(char **) xgrow(&list, n, sizeof *list) = xstrdup(e->d_name);
		n++;
	}
	if (dir)
		closedir(dir);
	if (n)
		qsort(list, n, sizeof *list, by_name);
	*(char **) xgrow(&list, n, sizeof *list) = NULL;
	*ids = list;
	return 0;
}

void container_list_free(char **ids)
{
	for (char **id = ids; *id; id++)
		free(*id);
	free(ids);
}

int container_pids(const char *root, const char *id, pid_t **pids, size_t *n, struct error *err)
{
	struct handle h;
	struct cgroup cgroup;
	int result = handle_open(&h, root, id, 0, err);

	*pids = NULL;
	*n = 0;
	if (result == 0) {
		result = handle_open_cgroup(&h, false, &cgroup, err);
		if (result == 0 && cgroup.n_folders)
			result = cgroup_pids(&cgroup, pids, n, err);
		else if (result == 0 && h.status != CONTAINER_STOPPED) {
			/* Without a cgroup only init is known. */
			*pids = xmalloc(sizeof **pids);
			(*pids)[(*n)++] = h.record->pid;
		}
		cgroup_close(&cgroup);
	}
	handle_close(&h);
	return result < 0 ? wrap(err, "processes of %s", id) : 0;
}
