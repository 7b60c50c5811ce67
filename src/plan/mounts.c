/*
 * mounts.c - config.mounts, entry by entry, as steps
 *
 * What an entry is depends on the following: the option bind or rbind makes it
 * a bind mount, whatever its type says (config.md); else remount changes what
 * is there; else the type names a file system; and an entry without a type but
 * with a propagation changes that.
 */
#include <sched.h>
#include <string.h>
#include <sys/mount.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/number.h"
#include "base/text.h"
#include "plan/mount-options.h"
#include "plan/planner.h"
#include "sys/idmap.h"

struct entry {
	const struct oci_mount *mount;
	const char *pointer;
	struct mount_words words;
	struct step step;
};

/* File systems that are views of the kernel: their superblock is shared with the host's, or cannot be read-only, so
 * "ro" is an attribute of the mount alone.  tmpfs must stay writable until it is filled. */
static const char *const kernel_types[] = {
	"proc", "sysfs", "mqueue", "cgroup", "cgroup2", "devpts", "devtmpfs", "tmpfs", "ramfs", "binfmt_misc", "bpf",
	"configfs", "debugfs", "efivarfs", "fusectl", "hugetlbfs", "pstore", "securityfs", "selinuxfs", "tracefs", NULL,
};

/* What lxcfs and CRIU need to mount below /proc; anything else would deceive those who trust it (CVE-2019-16884). */
static const char *const allowed_in_proc[] = {
	"/proc/cpuinfo", "/proc/diskstats", "/proc/meminfo", "/proc/stat", "/proc/swaps", "/proc/uptime",
	"/proc/loadavg", "/proc/slabinfo", "/proc/sys/kernel/ns_last_pid", "/proc/sys/crypto/fips_enabled", NULL,
};

static bool in_list(const char *const *list, const char *word)
{
	for (; *list; list++)
		if (!strcmp(*list, word))
			return true;
	return false;
}

static const char *member(struct planner *p, const struct entry *e, const char *name)
{
	return arena_printf(p->arena, "%s/%s", e->pointer, name);
}

bool plan_makes_root(const struct step *step)
{
	return (step->action == STEP_BIND || step->action == STEP_MOUNT) && !strcmp(step->target, "/");
}

/* A bind mount or a new file system on "/" is the container's root, as with runc and crun; what the rootfs holds is
 * seen by tmpcopyup only.  Whatever else was mounted before would be covered. */
static int check_root(struct planner *p, const struct entry *e)
{
	const struct step *step = &e->step;
	const char *pointer = member(p, e, "destination");
	const bool bind = step->action == STEP_BIND && e->words.bind;
	const bool new = step->action == STEP_MOUNT && strcmp(step->type, "proc") && strcmp(step->type, "sysfs");

	if (p->live || (!bind && !new) || !namespace_is_own(&p->plan->ns, CLONE_NEWNS))
		return fail_at(p->err, pointer, "must not be the root itself");
	for (size_t i = 0; i < p->n_steps; i++)
		if (strcmp(p->steps[i].target, "/"))
			return fail_at(p->err, pointer, "the root must be the first mount: it would cover the one on "
				       "%s", p->steps[i].target);
	/* pivot_root(2) refuses a shared root, and all that is mounted in it until then would be the host's, too. */
	for (unsigned i = 0; i < step->n_propagation; i++)
		if (step->propagation[i] & MS_SHARED)
			return fail_at(p->err, member(p, e, "options"), "the root is shared by rootfsPropagation only");
	return 0;
}

static int check_target(struct planner *p, const struct entry *e)
{
	const struct step *step = &e->step;

	if (!strcmp(step->target, "/"))
		return check_root(p, e);
	if (!text_lies_below(step->target, "/proc") || in_list(allowed_in_proc, step->target))
		return 0;
	if (strcmp(step->target, "/proc"))
		return fail_at(p->err, member(p, e, "destination"), "%s cannot be mounted because it is inside /proc",
			       step->target);
	if (step->action == STEP_BIND ? strcmp(clean_path(p->arena, step->source), "/proc")
				      : step->action == STEP_CGROUP ||
					(step->action == STEP_MOUNT && strcmp(step->type, "proc")))
		return fail_at(p->err, member(p, e, "destination"),
			       "/proc cannot be mounted because it is not of type proc");
	return 0;
}

/* ---- mapped ids ------------------------------------------------------- */

/* Use the mappings of the mount itself (its own properties, or crun's option), else those of the container's user
 * namespace (config.md, "idmap"). */
static int plan_idmap(struct planner *p, struct entry *e)
{
	const struct oci_mount *m = e->mount;
	struct step *step = &e->step;
	const char *pointer = e->words.idmap_pointer ? e->words.idmap_pointer : member(p, e, "uidMappings");

	if (!step->idmap && !m->n_uid_mappings)
		return 0;
	if (m->n_uid_mappings) {
		step->uids = m->uid_mappings;
		step->n_uids = m->n_uid_mappings;
		step->gids = m->gid_mappings;
		step->n_gids = m->n_gid_mappings;
	} else if (!step->n_uids && p->linux->n_uid_mappings && p->linux->n_gid_mappings) {
		step->uids = p->linux->uid_mappings;
		step->n_uids = p->linux->n_uid_mappings;
		step->gids = p->linux->gid_mappings;
		step->n_gids = p->linux->n_gid_mappings;
	}
	if (!step->n_uids && !p->plan->ns.user)
		return fail_at(p->err, pointer,
			       "needs uidMappings and gidMappings, as the container has no user namespace to "
			       "take them from");
	if (!p->host->privileged) {
		fail_code(p->err, ERROR_UNSUPPORTED,
			  "an idmapped mount needs CAP_SYS_ADMIN in the machine's own user namespace");
		return blame(p->err, pointer);
	}
	step->idmap = true;
	/* What lies on another mount of the container is not there yet. */
	step->outside = !step->within;
	return 0;
}

/* ---- bind mounts ------------------------------------------------------ */

/* Not cleaned: only the kernel can resolve ".." after a symlink. */
static const char *host_path(struct planner *p, const char *path)
{
	while (path[0] == '.' && path[1] == '/')
		path += 2;
	return *path == '/' ? path : arena_printf(p->arena, "%s/%s", p->options->bundle, path);
}

/* The host's PATH as the container will see it, without the rootfs in front; NULL: it lies elsewhere. */
static const char *path_within(struct planner *p, const char *path)
{
	const char *root = p->plan->rootfs.path, *clean = clean_path(p->arena, path);
	const size_t n = strlen(root);

	return n > 1 && text_lies_below(clean, root) ? (clean[n] ? clean + n : "/") : NULL;
}

/* A source in the rootfs is the host's, unless an earlier entry has mounted something there: then it is that (runc). */
static const char *own_source(struct planner *p, const struct step *step)
{
	const char *path = p->live ? NULL : path_within(p, step->source);

	for (size_t i = 0; path && i < p->n_steps; i++) {
		const struct step *earlier = &p->steps[i];
		if ((earlier->action == STEP_BIND || earlier->action == STEP_MOUNT || earlier->action == STEP_CGROUP) &&
		    text_lies_below(path, earlier->target))
			return path;
	}
	return NULL;
}

/*
 * As with mount(2), and so with runc and crun: a bind mount that names one
 * attribute names them all, and loses any others of its source; its access
 * times only if it names one of them.  A user namespace keeps those that are
 * locked on its mounts (mount_namespaces(7)).
 */
static void drop_unnamed(const struct planner *p, struct step *step)
{
	const uint64_t named = step->set | step->set_all;

	if (!(step->set | step->clear))
		return;
	step->clear |= MOUNT_ATTR_NOSYMFOLLOW & ~named;
	if (p->plan->ns.user)
		return;
	step->clear |= (MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC) & ~named;
	if (step->set & MOUNT_ATTR_NODIRATIME || step->clear & MOUNT_ATTR__ATIME)
		step->clear |= MOUNT_ATTR__ATIME | (MOUNT_ATTR_NODIRATIME & ~named);
}

static int plan_bind(struct planner *p, struct entry *e)
{
	struct step *step = &e->step;

	step->action = STEP_BIND;
	step->source = host_path(p, e->mount->source);
	step->super = 0;	/* the file system exists already, and is not ours */
	step->within = own_source(p, step);
	step->outside = (p->host->admin || p->live) && !step->within;
	drop_unnamed(p, step);
	return plan_idmap(p, e);
}

/* ---- new file systems ------------------------------------------------- */

/* The value of KEY ("mode=") in comma-separated DATA, the last one if there are several; NULL: none. */
static const char *data_value(const char *data, const char *key)
{
	const char *value = NULL;

	for (; data; data = strchr(data, ','), data = data ? data + 1 : NULL)
		if (!strncmp(data, key, strlen(key)))
			value = data + strlen(key);
	return value;
}

/* DATA without the options that begin with KEY. */
static const char *without(struct planner *p, const char *data, const char *key)
{
	const char *left = "";

	for (size_t n; *data; data += n + (data[n] == ',')) {
		n = strcspn(data, ",");
		if (strncmp(data, key, strlen(key)) != 0)
			left = arena_printf(p->arena, "%s%s%.*s", left, *left ? "," : "", (int) n, data);
	}
	return *left ? left : NULL;
}

/* The kernel answers EINVAL to ids that the new user namespace lacks: gid=5 of devpts in a rootless one. */
static int check_data_id(struct planner *p, struct entry *e, const char *key, const struct oci_id_mapping *map,
			 size_t n)
{
	const char *value = data_value(e->step.data, key);
	uint64_t id;
	unsigned host;

	if (!value || !n)
		return 0;
	value = arena_printf(p->arena, "%.*s", (int) strcspn(value, ","), value);
	if (!number_parse(value, 0, UINT32_MAX, &id) || idmap_to_host(map, n, (unsigned) id, &host))
		return 0;
	/* Configs written for many ids give terminals the group tty; with a single id nobody can be in it. */
	if (p->plan->ns.narrowed || !p->linux->n_uid_mappings || !p->linux->n_gid_mappings) {
		e->step.data = without(p, e->step.data, key);
		return 0;
	}
	return fail_at(p->err, member(p, e, "options"), "%s%s is not mapped in the container's user namespace", key,
		       value);
}

/*
 * sysfs shows the network namespace and procfs the pid namespace, and only the
 * owner of that namespace may mount them.  A user namespace that shares it with
 * the host gets the host's mount instead, which shows the same.
 */
static bool bind_instead(struct planner *p, struct step *step)
{
	static const struct { const char *type, *source; int flag; } views[] = {
		{ "sysfs", "/sys", CLONE_NEWNET }, { "proc", "/proc", CLONE_NEWPID },
	};

	for (size_t i = 0; i < ARRAY_SIZE(views); i++) {
		if (strcmp(step->type, views[i].type) || step->data || !p->plan->ns.user ||
		    p->plan->ns.create & (uint64_t) views[i].flag || namespace_joined(&p->plan->ns, views[i].flag))
			continue;
		step->action = STEP_BIND;
		step->source = views[i].source;
		step->type = NULL;
		step->recursive = true;
		step->outside = p->host->admin || p->live;
		/* What lies below must be no less restricted than what was asked for. */
		step->set_all |= step->set & ~(uint64_t) MOUNT_ATTR__ATIME;
		return true;
	}
	return false;
}

/* Add mountLabel, in the form of run.oci.mount_context_type.  procfs and sysfs take none, mqueue only an attribute. */
static int add_label(struct planner *p, struct step *step)
{
	static const char *const unlabelled[] = { "proc", "sysfs", "mqueue", NULL };
	static const char *const kinds[] = { "context", "fscontext", "defcontext", "rootcontext", NULL };
	const char *kind = json_map_get(&p->config->annotations, "run.oci.mount_context_type");
	const char *label = p->linux->mount_label, *data = step->data ? step->data : "";

	if (!label || !*label || in_list(unlabelled, step->type))
		return 0;
	if (!kind)
		kind = "context";
	if (!in_list(kinds, kind))
		return fail_at(p->err, "/annotations/run.oci.mount_context_type",
			       "\"%s\" is not one of context, fscontext, defcontext, rootcontext", kind);
	if (strchr(label, '"'))
		return fail_at(p->err, "/linux/mountLabel", "must not hold a quotation mark");
	if (!data_value(step->data, arena_printf(p->arena, "%s=", kind)))
		step->data = arena_printf(p->arena, "%s%s%s=\"%s\"", data, *data ? "," : "", kind, label);
	return 0;
}

static int plan_new(struct planner *p, struct entry *e)
{
	const struct namespace_plan *ns = &p->plan->ns;
	struct step *step = &e->step;
	bool tmpfs = !strcmp(e->mount->type, "tmpfs");

	step->type = e->mount->type;
	step->source = e->mount->source;
	if (bind_instead(p, step))
		return plan_idmap(p, e);
	step->action = STEP_MOUNT;
	if (step->set & MOUNT_ATTR_RDONLY && !in_list(kernel_types, step->type))
		step->super |= MS_RDONLY;
	step->mode_from_target = tmpfs && !data_value(step->data, "mode=");
	if (plan_idmap(p, e) < 0)
		return -1;
	/* Not if the runtime mounts it: the new user namespace's ids do not apply there. */
	if ((tmpfs || !strcmp(step->type, "devpts")) && !step->outside &&
	    (check_data_id(p, e, "uid=", ns->uids, ns->n_uids) < 0 ||
	     check_data_id(p, e, "gid=", ns->gids, ns->n_gids) < 0))
		return -1;
	step->owner_from_target = step->copy_up && !data_value(step->data, "uid=") && !data_value(step->data, "gid=");
	return add_label(p, step);
}

/* ---- any entry -------------------------------------------------------- */

static void plan_remount(struct entry *e)
{
	e->step.action = STEP_REMOUNT;
	e->step.type = e->mount->type;
	if (e->words.bind)
		e->step.super = 0;
}

/* Refuse what only a bind mount, or only a tmpfs, can have. */
static int check_misplaced(struct planner *p, const struct entry *e)
{
	const struct oci_mount *m = e->mount;

	if (!e->words.bind && e->words.bind_word)
		return fail_at(p->err, e->words.bind_pointer, "\"%s\" is for bind mounts only", e->words.bind_word);
	if (e->step.copy_up && (e->words.bind || !m->type || strcmp(m->type, "tmpfs")))
		return fail_at(p->err, e->words.copy_up_pointer, "\"tmpcopyup\" is for tmpfs only");
	return 0;
}

static int plan_entry(struct planner *p, struct entry *e)
{
	const char *type = e->mount->type ? e->mount->type : "";

	if (check_misplaced(p, e) < 0)
		return -1;
	if (e->words.remount) {
		plan_remount(e);
		return 0;
	}
	if (e->words.bind)
		return plan_bind(p, e);
	if (!strcmp(type, "cgroup") || (!strcmp(type, "cgroup2") && p->host->layout == CGROUP_V2)) {
		e->step.action = STEP_CGROUP;
		e->step.type = type;
		return 0;
	}
	if (!*type || !strcmp(type, "none") || !strcmp(type, "bind")) {
		if (!strcmp(type, "bind"))
			return fail_at(p->err, member(p, e, "options"),
				       "a mount of type bind needs the option \"bind\" or \"rbind\"");
		if (!e->step.n_propagation)
			return fail_at(p->err, member(p, e, "type"),
				       "needs the type of a file system, or the option \"bind\" or \"rbind\"");
		e->step.action = STEP_PROPAGATE;
		return 0;
	}
	return plan_new(p, e);
}

/* Without a new mount there is nothing whose ids could be mapped; and the cgroup view is made of several. */
static int check_idmap(struct planner *p, const struct entry *e)
{
	if (e->step.action == STEP_BIND || e->step.action == STEP_MOUNT ||
	    (!e->words.idmap_pointer && !e->mount->n_uid_mappings))
		return 0;
	return fail_at(p->err, e->words.idmap_pointer ? e->words.idmap_pointer : member(p, e, "uidMappings"),
		       "ids are mapped in bind mounts and new file systems only");
}

/* A mount with nothing below it is a tree of one: the r* options apply to it, unless the plain ones say otherwise. */
static void fold_tree(struct step *step)
{
	uint64_t mine = step->set | step->clear;	/* for an access time, clear has the whole field */

	if (step->recursive || (step->action != STEP_BIND && step->action != STEP_MOUNT && step->action != STEP_CGROUP))
		return;
	step->set |= step->set_all & ~mine;
	step->clear |= step->clear_all & ~mine;
	step->set_all = step->clear_all = 0;
}

/* The socket on which the container tells its caller that it is ready (NOTIFY_SOCKET). */
static void plan_notify_socket(struct planner *p)
{
	struct step *step;

	if (!p->options->notify_socket)
		return;
	step = step_add(p, STEP_BIND, "/run/notify", "");
	step->source = p->options->notify_socket;
	step->set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	step->outside = p->host->admin || p->live;
}

/* A destination given as the host's path, below the rootfs, means that place in the container (runc). */
static const char *target_of(struct planner *p, const struct oci_mount *mount)
{
	const char *within = path_within(p, mount->destination);

	return within ? within : clean_path(p->arena, mount->destination);
}

int plan_mounts(struct planner *p)
{
	for (size_t i = 0; i < p->config->n_mounts; i++) {
		struct entry e = { .mount = &p->config->mounts[i], .pointer = pointer_index(p->arena, p->mounts, i) };

		e.step.target = target_of(p, e.mount);
		e.step.pointer = e.pointer;
		if (mount_options_read(p->arena, e.mount, p->linux, e.pointer, &e.step, &e.words, p->err) < 0 ||
		    plan_entry(p, &e) < 0 || check_idmap(p, &e) < 0 || check_target(p, &e) < 0)
			return -1;
		fold_tree(&e.step);
		*step_add(p, e.step.action, e.step.target, e.pointer) = e.step;
	}
	plan_notify_socket(p);
	return 0;
}
