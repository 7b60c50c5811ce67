/*
 * checkpoint.c - save a container
 *
 * First find everything that would keep the container from being saved or
 * restored; then CRIU freezes, copies and, unless it is to be left running,
 * kills it.  If CRIU fails, the container runs on as if nothing had happened.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/number.h"
#include "base/text.h"
#include "cgroup/cgroup.h"
#include "checkpoint/cgroup-options.h"
#include "checkpoint/checkpoint.h"
#include "checkpoint/external.h"
#include "checkpoint/images.h"
#include "checkpoint/preflight.h"
#include "checkpoint/settings.h"
#include "container/handle.h"
#include "process/notify.h"
#include "sys/host.h"
#include "sys/process.h"

struct checkpoint {
	const struct checkpoint_options *options;
	struct handle handle;
	struct config config;
	struct plan plan;
	struct cgroup cgroup;
	struct cgroup_options cgroup_options;
	bool was_paused;
	struct images images;
	struct swrk swrk;
	struct criu_options criu;
	struct criu_page_server page_server;
	char *freezer;
	char **inherit;			/* as in external_descriptors() */
	struct wire_list below;
	int status_fd;			/* -1: none */
};

/* ---- deciding --------------------------------------------------------------- */

static int check_state(struct checkpoint *c, struct error *err)
{
	handle_look_paused(&c->handle);
	c->was_paused = c->handle.status == CONTAINER_PAUSED;
	if (c->handle.status != CONTAINER_RUNNING && c->handle.status != CONTAINER_PAUSED)
		return fail_code(err, ERROR_STATE, "Container cannot be checkpointed in %s state",
				 container_status_name(c->handle.status));
	return 0;
}

static int check_parent(const struct checkpoint *c, struct error *err)
{
	const char *path = c->options->parent_path;

	if (!path)
		return 0;
	if (path[0] == '/')
		return fail_code(err, ERROR_USAGE, "--parent-path must be relative");
	auto_fd fd = openat(c->images.folder, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? fail(err, errno, "invalid --parent-path: %s", path) : 0;
}

static int open_status_fd(struct checkpoint *c, struct error *err)
{
	const char *text = c->options->status_fd;
	uint64_t fd;
	int flags;

	if (!text || !strcmp(text, "-1"))
		return 0;
	if (!number_parse(text, 0, INT32_MAX, &fd))
		return fail_code(err, ERROR_USAGE, "invalid --status-fd argument %s: not a number", text);
	flags = fcntl((int) fd, F_GETFL);
	if (flags < 0)
		return fail(err, errno, "invalid --status-fd argument %s", text);
	if ((flags & O_ACCMODE) == O_RDONLY)
		return fail_code(err, ERROR_USAGE, "invalid --status-fd argument %s: not writable", text);
	c->status_fd = (int) fd;
	return 0;
}

/* Make the container's plan again, from our own copy of its config. */
static int plan_again(struct checkpoint *c, struct error *err)
{
	const struct record_state *record = c->handle.record;
	struct plan_options options = { .id = c->handle.id, .bundle = record->bundle };
	struct host host;

	if (handle_config(&c->handle, &c->config, err) < 0 || host_probe(&host, err) < 0)
		return -1;
	if (record->notify)
		options.notify_socket =
			arena_printf(&c->config.arena, "%s/%s/" NOTIFY_FOLDER, c->handle.root, c->handle.id);
	return plan_make(&c->config.arena, c->config.spec, &host, &options, &c->plan, err);
}

/* NAMES, "cpu,cpuacct" or "name=systemd", is modified. */
static bool is_own_hierarchy(const struct cgroup *cgroup, char *names)
{
	for (char *name; (name = strsep(&names, ","));)
		if (cgroup_has(cgroup, strncmp(name, "name=", 5) ? name : name + 5))
			return true;
	return false;
}

/*
 * In each hierarchy CRIU saves the tree below the process's cgroup, and at
 * restore makes whatever is missing.  Where the container has no folder of its
 * own that is the tree of the whole machine: long-gone cgroups of others would
 * come back.  So tell it which are ours: "4:cpu,cpuacct:/x".
 */
static int own_hierarchies(struct checkpoint *c, struct error *err)
{
	auto_free char *text = process_cgroups(c->handle.record->pid, err);
	char *names, *path;

	if (!text)
		return -1;
	for (char *rest = text; process_cgroup_line(&rest, &names, &path);) {
		const char *kept = arena_strdup(&c->config.arena, names);

		if (is_own_hierarchy(&c->cgroup, names))
			criu_add_text(&c->criu.cgroup_hierarchies, kept);
	}
	return 0;
}

static int fill_options(struct checkpoint *c, struct error *err)
{
	const struct checkpoint_options *o = c->options;

	if (settings_fill(&o->criu, &c->images, c->config.spec, &c->criu, err) < 0)
		return -1;
	c->criu.log_file = DUMP_LOG;
	c->criu.pid = c->handle.record->pid;
	c->criu.root = c->handle.record->rootfs;
	c->criu.leave_running = o->leave_running;
	c->criu.tcp_skip_in_flight = o->tcp_skip_in_flight;
	c->criu.freeze_cgroup = c->freezer = cgroup_freezer_path(&c->cgroup);
	c->criu.parent_images = o->parent_path;
	/* Without tracking from the first dump on, the next one would have to save all memory again. */
	c->criu.track_mem = o->parent_path || o->pre_dump;
	if (o->page_server) {
		if (settings_page_server(o->page_server, &c->page_server, err) < 0)
			return -1;
		c->criu.page_server = &c->page_server;
	}
	return own_hierarchies(c, err);
}

/* Decide everything that can be known without CRIU. */
static int decide(struct checkpoint *c, struct error *err)
{
	const struct checkpoint_options *o = c->options;

	if (handle_open(&c->handle, o->root, o->id, HANDLE_PIDFD, err) < 0 || check_state(c, err) < 0 ||
	    settings_check_rights("checkpoint", err) < 0 || plan_again(c, err) < 0)
		return -1;
	if (handle_open_cgroup(&c->handle, false, &c->cgroup, err) < 0)
		return -1;
	/* --check leaves no folder behind. */
	if (!o->check && images_open(&o->criu, true, DUMP_LOG, &c->images, err) < 0)
		return -1;
	if (!o->check && images_admit(&c->images, &c->plan.ns, err) < 0)
		return -1;
	return (!o->check && check_parent(c, err) < 0) || open_status_fd(c, err) < 0 ? -1 : fill_options(c, err);
}

static int check_features(const struct checkpoint *c, struct error *err)
{
	if (c->criu.track_mem && !c->swrk.features.memory_tracking)
		return fail_code(err, ERROR_UNSUPPORTED,
				 "this kernel cannot track memory changes (CONFIG_MEM_SOFT_DIRTY), which %s needs: "
				 "CRIU is missing features: MemTrack",
				 c->options->pre_dump ? "--pre-dump" : "--parent-path");
	if (c->criu.lazy_pages && !c->swrk.features.lazy_pages)
		return fail_code(err, ERROR_UNSUPPORTED,
				 "this kernel cannot serve pages lazily (userfaultfd), which --lazy-pages needs: "
				 "CRIU is missing features: LazyPages");
	return 0;
}

static int look_at_container(struct checkpoint *c, struct error *err)
{
	const struct record_state *record = c->handle.record;
	struct arena *arena = &c->config.arena;
	auto_text complaints = { 0 };
	auto_free pid_t *pids = NULL;
	size_t n = 0;

	preflight_config(&c->plan, &complaints);
	if (c->cgroup.n_folders && cgroup_pids(&c->cgroup, &pids, &n, err) < 0)
		return -1;
	if (preflight_processes(record->pid, pids, n, c->criu.tcp_established, &complaints, err) < 0)
		return -1;
	if (external_mounts(&c->plan, record->pid, arena, &c->criu.mounts, &c->below, &complaints, err) < 0)
		return -1;
	c->inherit = arena_alloc(arena, (record->n_descriptors + 1) * sizeof *c->inherit);
	if (external_descriptors(record->pid, record->descriptors, record->n_descriptors, c->criu.shell_job, arena,
				 c->inherit, &c->criu.external, err) < 0 ||
	    external_namespaces(&c->plan.ns, record->pid, arena, &c->criu.external, err) < 0)
		return -1;
	return preflight_complain(&complaints, "saved", err);
}

/* If its process has ended meanwhile, say that: not which file of /proc was gone. */
static int look_or_say_why(struct checkpoint *c, struct error *err)
{
	struct error state = { 0 };

	if (look_at_container(c, err) == 0)
		return 0;
	if (handle_read(&c->handle, 0, &state) == 0 && check_state(c, &state) < 0)
		*err = state;
	return -1;
}

/* ---- doing ------------------------------------------------------------------ */

static int write_own_images(struct checkpoint *c, struct error *err)
{
	const struct record_state *record = c->handle.record;
	struct arena *arena = &c->config.arena;
	struct utsname here;
	struct timespec now;

	if (uname(&here) < 0)
		return fail(err, errno, "ask for the kernel's name");
	clock_gettime(CLOCK_REALTIME, &now);
	struct record_image image = {
		.version = IMAGE_VERSION, .criu = (uint32_t) c->swrk.version, .kernel = here.release,
		.machine = here.machine,
		.created = arena_alloc(arena, CLOCK_TEXT), .inherit = c->inherit, .n_inherit = record->n_descriptors,
		.below = c->below.items, .n_below = c->below.n,
	};
	clock_print(&now, 9, image.created);
	return images_write(&c->images, &image, record->descriptors, record->n_descriptors, err);
}

static int on_notice(void *context, const char *script, pid_t pid, int fd, struct error *err)
{
	struct checkpoint *c = context;

	(void) pid;
	(void) fd;
	if (strcmp(script, "status-ready") || c->status_fd < 0)
		return 0;
	/* Whoever waits for it may now start fetching pages.  If it is gone that is an error, but not our end: the
	 * container is frozen.  CRIU has been started. */
	signal(SIGPIPE, SIG_IGN);
	if (write(c->status_fd, "", 1) != 1)
		return fail(err, errno, "write to --status-fd %d", c->status_fd);
	close(c->status_fd);
	c->status_fd = -1;
	return 0;
}

/* CRIU thaws what it has frozen, unless it was killed midway. */
static void thaw(const struct checkpoint *c)
{
	struct error ignored = { 0 };

	if (!c->was_paused && cgroup_frozen(&c->cgroup) && cgroup_freeze(&c->cgroup, false, &ignored) < 0)
		log_warn("%s", ignored.message);
}

static int dump(struct checkpoint *c, struct error *err)
{
	struct criu_request request = { .type = c->options->pre_dump ? CRIU_PRE_DUMP : CRIU_DUMP, .options = &c->criu };
	struct criu_reply reply = { 0 };

	if (!c->options->pre_dump && write_own_images(c, err) < 0)
		return -1;
	/* If criu failed before writing its own log, an old one would be quoted instead. */
	unlinkat(images_log_folder(&c->images), DUMP_LOG, 0);
	if (swrk_ask(&c->swrk, &request, on_notice, c, &reply, err) == 0)
		return 0;
	settings_explain(&c->images, DUMP_LOG, &c->swrk, &reply, err);
	swrk_end(&c->swrk);
	thaw(c);
	return -1;
}

static int checkpoint(struct checkpoint *c, struct error *err)
{
	struct swrk_start start = { .program = c->options->criu.program, .cgroup = -1, .own_stdio = c->criu.shell_job };

	cgroup_options_note(&c->cgroup_options);
	if (swrk_start(&start, &c->swrk, err) < 0 || swrk_greet(&c->swrk, start.program, err) < 0 ||
	    check_features(c, err) < 0 || look_or_say_why(c, err) < 0)
		return -1;
	return c->options->check ? 0 : dump(c, err);
}

int checkpoint_save(const struct checkpoint_options *options, struct error *err)
{
	struct checkpoint c = {
		.options = options, .handle = { .folder = -1, .pidfd = -1 }, .images = { .folder = -1, .work = -1 },
		.swrk = { .sock = -1, .said = -1 }, .cgroup_options = { .fd = -1 }, .status_fd = -1,
	};
	int result = decide(&c, err);

	if (result == 0)
		result = checkpoint(&c, err);
	swrk_end(&c.swrk);
	cgroup_options_put_back(&c.cgroup_options);
	settings_free(&c.criu);
	free(c.below.items);
	free((char *) c.page_server.address);
	free(c.freezer);
	images_close(&c.images);
	cgroup_close(&c.cgroup);
	config_free(&c.config);
	handle_close(&c.handle);
	if (result < 0)
		return wrap(err, "checkpoint %s", options->id);
	if (options->leave_running || options->pre_dump || options->check)
		return 0;
	return container_delete(options->root, options->id, true, err);
}
