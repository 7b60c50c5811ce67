/* print-text.c - a plan for people; see print.h */
#include <inttypes.h>
#include <sched.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "config/capability-names.h"
#include "libocispec/arena.h"
#include "plan/print-names.h"
#include "plan/print-resources.h"
#include "plan/print-seccomp.h"
#include "plan/print-listing.h"
#include "plan/print.h"
#include "plan/seccomp-why.h"
#include "plan/unit.h"
#include "sys/namespace.h"

struct page {
	const struct plan *plan;
	struct text *out;
	struct arena arena;	/* what the tables point to */
};

#define format(page, ...) arena_printf(&(page)->arena, __VA_ARGS__)
#define show(page, s)	  shown(&(page)->arena, s)

static void heading(struct page *page, const char *title)
{
	text_addf(page->out, "%s%s\n", page->out->n ? "\n" : "", title);
}

static const char *joined(struct page *page, struct words words, const char *between)
{
	return words_join(&page->arena, &words, between);
}

/* The words of LIST, each as shown(), with blanks between. */
static const char *show_all(struct page *page, char *const *list, size_t n)
{
	struct words words = { 0 };

	for (size_t i = 0; i < n; i++)
		words_add(&page->arena, &words, show(page, list[i]));
	return joined(page, words, " ");
}

/* ---- what it is ------------------------------------------------------- */

static const char *entrance(const struct plan *plan)
{
	if (!namespace_is_own(&plan->ns, CLONE_NEWNS))
		return plan->rootfs.on_host ? "entered by chroot, its mounts are made on the host"
					    : "entered by chroot";
	return plan->rootfs.no_pivot ? "moved to / (no pivot_root)" : "entered by pivot_root";
}

static void print_container(struct page *page)
{
	const struct plan *plan = page->plan;
	const struct rootfs_plan *root = &plan->rootfs;
	struct listing t = { .arena = &page->arena };
	struct words how = { 0 };

	if (plan->config->root && plan->config->root->readonly)
		words_add(&page->arena, &how, "read-only");
	words_add(&page->arena, &how, entrance(plan));
	if (root->final_propagation)
		words_add(&page->arena, &how, propagation_name(root->final_propagation));
	heading(page, format(page, "Container %s", show(page, plan->id)));
	listing_row(&t, "bundle", show(page, plan->bundle));
	listing_row(&t, "root", show(page, root->path));
	listing_row(&t, "", joined(page, how, ", "));
	if (root->mount_label)
		listing_row(&t, "mount label", show(page, root->mount_label));
	if (plan->hostname)
		listing_row(&t, "host name", show(page, plan->hostname));
	if (plan->domainname)
		listing_row(&t, "domain name", show(page, plan->domainname));
	if (plan->keyring)
		listing_row(&t, "keyring", show(page, plan->keyring));
	listing_print(&t, page->out);
}

static void print_id_map(struct page *page, const char *title, const struct oci_id_mapping *map, size_t n,
			 const char *writer)
{
	struct listing t = { .arena = &page->arena };

	if (!n)
		return;
	heading(page, writer ? format(page, "%s (written by %s)", title, writer) : title);
	for (size_t i = 0; i < n; i++)
		listing_row(&t, format(page, "%10u in the container is", map[i].container_id),
			    format(page, "%10u on the host,", map[i].host_id),
			    map[i].size == 1 ? "this one only" : format(page, "and so on for %u ids", map[i].size));
	listing_print(&t, page->out);
}

static void print_namespaces(struct page *page)
{
	const struct namespace_plan *ns = &page->plan->ns;
	struct listing t = { .arena = &page->arena };
	const char *offsets = ns->time_offsets;

	heading(page, "Namespaces");
	listing_row(&t, "new", joined(page, new_namespaces(&page->arena, ns), " "));
	for (size_t i = 0; i < ns->n_join; i++) {
		const struct namespace_join *join = &ns->join[i];
		listing_row(&t, i ? "" : "joined",
			    format(page, "%s %s", namespace_by_flag(join->flag)->name, show(page, join->path)),
			    join->pointer);
	}
	listing_row(&t, "the host's", joined(page, host_namespaces(&page->arena, ns), " "));
	for (; offsets && *offsets; offsets += strcspn(offsets, "\n") + 1)
		listing_row(&t, offsets == ns->time_offsets ? "clock offsets" : "",
			  format(page, "%.*s", (int) strcspn(offsets, "\n"), offsets));
	listing_print(&t, page->out);
	print_id_map(page, "User ids", ns->uids, ns->n_uids, ns->uid_writer);
	print_id_map(page, "Group ids", ns->gids, ns->n_gids, ns->gid_writer);
}

/* ---- the steps -------------------------------------------------------- */

/* What will be at the target. */
static const char *what_comes(struct page *page, const struct step *step)
{
	bool named = step->source && strchr(step->source, '/');

	switch (step->action) {
	case STEP_BIND:
		return show(page, step->source);
	case STEP_MOUNT:
		return format(page, "%s%s%s", show(page, step->type), named ? " " : "",
			      named ? show(page, step->source) : "");
	case STEP_CGROUP:
		return "the cgroup tree";
	case STEP_DEVICE:
		if (device_letter(step->mode) == 'p')
			return "fifo";
		return format(page, "%s %c %u:%u", step->source ? "the host's" : "node", device_letter(step->mode),
			      step->major, step->minor);
	case STEP_SYMLINK:
		return show(page, step->source);
	case STEP_CONSOLE:
		return "the terminal";
	default:
		return "";
	}
}

static const char *verb_of(const struct step *step)
{
	static const char *const verbs[] = {
		[STEP_BIND] = "bind", [STEP_MOUNT] = "mount", [STEP_CGROUP] = "mount", [STEP_PROPAGATE] = "propagate",
		[STEP_REMOUNT] = "remount", [STEP_DEVICE] = "make", [STEP_SYMLINK] = "link", [STEP_CONSOLE] = "bind",
		[STEP_SEAL] = "read-only", [STEP_READONLY] = "read-only", [STEP_MASK] = "hide",
	};

	return step->action == STEP_DEVICE && step->source ? "bind" : verbs[step->action];
}

/* All properties of the mount, as one column. */
static const char *properties(struct page *page, const struct step *step)
{
	struct words all = attribute_words(&page->arena, step), more = super_words(&page->arena, step);
	static const struct { size_t at; const char *word; } flags[] = {
		{ offsetof(struct step, recursive), "with-all-below" },
		{ offsetof(struct step, filled), "filled" },
		{ offsetof(struct step, copy_up), "copy-up" },
		{ offsetof(struct step, mode_from_target), "mode-of-target" },
		{ offsetof(struct step, owner_from_target), "owner-of-target" },
		{ offsetof(struct step, copy_symlink), "copy-symlink" },
		{ offsetof(struct step, no_follow_source), "src-nofollow" },
		{ offsetof(struct step, no_follow_target), "dest-nofollow" },
		{ offsetof(struct step, idmap), "idmap" },
	};

	for (size_t i = 0; i < more.n; i++)
		if (strcmp(more.list[i], "ro") != 0)	/* the attributes show it */
			words_add(&page->arena, &all, more.list[i]);
	more = propagation_words(&page->arena, step);
	for (size_t i = 0; i < more.n; i++)
		words_add(&page->arena, &all, more.list[i]);
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (*(const bool *) ((const char *) step + flags[i].at))
			words_add(&page->arena, &all, flags[i].word);
	if (step->action == STEP_DEVICE && !step->source) {	/* the host's has its own */
		words_add(&page->arena, &all, format(page, "%04o", step->mode & 07777));
		words_add(&page->arena, &all, format(page, "%u:%u", step->uid, step->gid));
	}
	return joined(page, all, " ");
}

static void print_steps(struct page *page, const char *title, size_t from, size_t to)
{
	const struct rootfs_plan *root = &page->plan->rootfs;
	struct listing t = { .arena = &page->arena };

	if (from == to)
		return;
	heading(page, title);
	for (size_t i = from; i < to; i++) {
		const struct step *step = &root->steps[i];
		listing_row(&t, format(page, "%3zu", i + 1), verb_of(step), what_comes(page, step),
			    show(page, step->target), properties(page, step), step->data ? show(page, step->data) : "",
			    step->pointer);
	}
	listing_print(&t, page->out);
}

static void print_net_devices(struct page *page)
{
	struct listing t = { .arena = &page->arena };

	if (!page->plan->n_net_devices)
		return;
	heading(page, "Network devices that move in, with their addresses");
	for (size_t i = 0; i < page->plan->n_net_devices; i++)
		listing_row(&t, show(page, page->plan->net_devices[i].host),
			    format(page, "as %s", show(page, page->plan->net_devices[i].name)),
			    page->plan->net_devices[i].pointer);
	listing_print(&t, page->out);
}

static void print_rdt(struct page *page)
{
	const struct rdt_plan *rdt = page->plan->rdt;
	struct listing t = { .arena = &page->arena };

	if (!rdt)
		return;
	heading(page, format(page, "Group of resctrl: %s%s", *rdt->group ? show(page, rdt->group) : "its root",
			     rdt->temporary ? ", for as long as the container is there" : ""));
	for (size_t i = 0; i < rdt->n_schemata; i++)
		listing_row(&t, show(page, rdt->schemata[i].line), rdt->schemata[i].pointer);
	if (rdt->monitor)
		listing_row(&t, format(page, "monitored as %s", show(page, rdt->monitor)),
			    "/linux/intelRdt/enableMonitoring");
	listing_print(&t, page->out);
}

static void print_sysctls(struct page *page)
{
	struct listing t = { .arena = &page->arena };

	if (!page->plan->n_sysctls)
		return;
	heading(page, "Kernel parameters");
	for (size_t i = 0; i < page->plan->n_sysctls; i++)
		listing_row(&t, show(page, page->plan->sysctls[i].path), show(page, page->plan->sysctls[i].value));
	listing_print(&t, page->out);
}

/* ---- cgroup ----------------------------------------------------------- */

static void unit_rows(struct page *page, const struct unit_plan *unit, struct listing *t)
{
	listing_row(t, "unit", show(page, unit->name), unit->user ? "(of this user's systemd)" : "");
	listing_row(t, "path", show(page, unit->path), unit->user ? "(below that of this user's systemd)" : "");
	for (size_t i = 0; i < unit->properties.n; i++) {
		const struct unit_property *p = &unit->properties.list[i];

		listing_row(t, i ? "" : "properties", arena_printf(t->arena, "%s=%s", p->property.name,
			    show(page, unit_value_text(t->arena, &p->property.value))));
	}
}

static void print_writes(struct page *page, const struct cgroup_plan *cgroup)
{
	struct listing t = { .arena = &page->arena };

	if (!cgroup->n_writes)
		return;
	heading(page, "Values of the control group, in order");
	for (size_t i = 0; i < cgroup->n_writes; i++)
		listing_row(&t, show(page, cgroup->writes[i].file), "<-", show(page, cgroup->writes[i].value),
			    cgroup->writes[i].pointer);
	listing_print(&t, page->out);
}

static void print_cgroup(struct page *page)
{
	const struct cgroup_plan *cgroup = &page->plan->cgroup;
	struct listing t = { .arena = &page->arena };

	heading(page, "Control group");
	if (cgroup->disabled)
		listing_row(&t, "path", "none");
	else if (cgroup->unit)
		unit_rows(page, cgroup->unit, &t);
	else
		listing_row(&t, "path", show(page, cgroup->path), cgroup->relative ? "(below the caller's own)" : "");
	if (cgroup->delegate)
		listing_row(&t, "begins in", show(page, cgroup->delegate), "(below it)");
	if (!cgroup->disabled && !cgroup->required)
		listing_row(&t, "", "done without if it cannot be made");
	if (cgroup->resources && !cgroup->disabled)
		resource_rows(cgroup->resources, &t);
	listing_print(&t, page->out);
	print_writes(page, cgroup);
}

/* ---- the process ------------------------------------------------------ */

static void print_capabilities(struct page *page)
{
	const struct process_plan *process = &page->plan->process;
	const struct capability_sets *c = &process->caps;
	const uint64_t sets[] = { c->bounding, c->effective, c->permitted, c->inheritable, c->ambient };
	struct listing t = { .arena = &page->arena };

	heading(page, "Capabilities");
	if (c->bounding | c->effective | c->permitted | c->inheritable | c->ambient)
		listing_row(&t, "", "bounding", "effective", "permitted", "inheritable", "ambient");
	else
		listing_row(&t, "none");
	for (const struct name_value *row = capability_names; row->name; row++) {
		const char *cells[LISTING_COLUMNS] = { row->name };
		bool any = false;

		for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
			bool has = sets[i] >> row->value & 1;
			cells[i + 1] = has ? "yes" : "-";
			any = any || has;
		}
		if (any)
			listing_add(&t, cells);
	}
	listing_print(&t, page->out);
	if (process->dropped_caps)
		text_addf(page->out, "  left out, as they cannot be granted here: %s\n", process->dropped_caps);
	if (process->dropped_ambient)
		text_addf(page->out, "  not ambient, as they are not permitted and inheritable: %s\n",
			  process->dropped_ambient);
}

static const char *groups_of(struct page *page, const struct process_plan *process)
{
	struct words words = { 0 };

	if (process->keep_groups)
		return "those of the caller";
	for (size_t i = 0; i < process->n_groups; i++)
		words_add(&page->arena, &words, format(page, "%u", process->groups[i]));
	if (words.n)
		return joined(page, words, " ");
	return process->set_groups ? "none" : "those of the caller (setgroups is denied)";
}

static const char *limit_value(struct page *page, rlim_t value)
{
	return value == RLIM_INFINITY ? "unlimited" : format(page, "%llu", (unsigned long long) value);
}

static void rlimit_rows(struct page *page, struct listing *t)
{
	const struct process_plan *process = &page->plan->process;

	for (size_t i = 0; i < process->n_rlimits; i++) {
		const struct rlimit_plan *limit = &process->rlimits[i];
		listing_row(t, i ? "" : "limits",
			    format(page, "%s soft %s, hard %s", limit->name, limit_value(page, limit->value.rlim_cur),
				   limit_value(page, limit->value.rlim_max)));
	}
}

static void seccomp_rows(struct page *page, struct listing *t)
{
	const struct seccomp_plan *seccomp = &page->plan->seccomp;
	const struct oci_linux *linux_part = page->plan->config->linux;
	struct words flags = seccomp_flag_words(&page->arena, seccomp->flags);

	if (!seccomp->n_filter) {
		listing_row(t, "seccomp", "no filter");
		return;
	}
	listing_row(t, "seccomp", format(page, "filter of %u instructions%s%s%s", seccomp->n_filter,
					 flags.n ? ", " : "", joined(page, flags, " "),
					 seccomp->listener_path ? ", with a listener" : ""));
	if (seccomp->raw || !linux_part || !linux_part->seccomp) {
		listing_row(t, "", "given as it is (run.oci.seccomp_bpf_data)");
		return;
	}
	struct seccomp_summary sum = seccomp_sum_up(&page->arena, linux_part->seccomp);

	listing_row(t, "", format(page, "for %s", sum.architectures));
	for (size_t i = 0; i < sum.n; i++)
		listing_row(t, "", format(page, "%zu call%s%s: %s", sum.shares[i].calls,
					  sum.shares[i].calls == 1 ? "" : "s",
					  sum.shares[i].conditional ?
					  format(page, " (%zu on conditions)", sum.shares[i].conditional) : "",
					  seccomp_action_words(&page->arena, sum.shares[i].action)));
	listing_row(t, "", format(page, "all others: %s", seccomp_action_words(&page->arena, sum.fallback)));
	if (sum.beyond != sum.fallback)
		listing_row(t, "",
			    format(page, "newer than these: %s", seccomp_action_words(&page->arena, sum.beyond)));
}

static void print_process(struct page *page)
{
	const struct plan *plan = page->plan;
	const struct process_plan *process = &plan->process;
	struct listing t = { .arena = &page->arena };
	size_t n_args = 0;

	heading(page, "Process");
	if (!plan->has_process) {
		text_add(page->out, "  none\n");
		return;
	}
	while (process->args[n_args])
		n_args++;
	listing_row(&t, "args", show_all(page, process->args, n_args));
	listing_row(&t, "cwd", show(page, process->cwd));
	listing_row(&t, "user", format(page, "uid %u, gid %u", process->uid, process->gid));
	listing_row(&t, "groups", groups_of(page, process));
	listing_row(&t, "umask", format(page, "%04o", process->umask));
	if (process->terminal)
		listing_row(&t, "terminal", process->rows ?
			    format(page, "%u columns, %u rows", process->columns, process->rows) : "yes");
	for (size_t i = 0; i < process->n_env; i++)
		listing_row(&t, i ? "" : "environment", show(page, process->env[i]));
	rlimit_rows(page, &t);
	if (process->has_oom_score_adj)
		listing_row(&t, "oom score", format(page, "%+d", process->oom_score_adj));
	listing_row(&t, "new privileges", process->no_new_privs ? "never (no_new_privs)" : "possible");
	seccomp_rows(page, &t);
	if (process->apparmor)
		listing_row(&t, "AppArmor", show(page, process->apparmor));
	if (process->selinux)
		listing_row(&t, "SELinux", show(page, process->selinux));
	listing_print(&t, page->out);
	print_capabilities(page);
}

/* ---- hooks ------------------------------------------------------------ */

static void hook_rows(struct page *page, struct listing *t, const char *moment, const struct oci_hook *hooks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct oci_hook *hook = &hooks[i];
		/* args[0] is the name it is called by. */
		const char *args = hook->n_args > 1 ? show_all(page, hook->args + 1, hook->n_args - 1) : "";

		listing_row(t, i ? "" : moment, format(page, "%s%s%s", show(page, hook->path), *args ? " " : "", args),
			  hook->has_timeout ? format(page, "at most %" PRId64 " s", hook->timeout) : "");
	}
}

static void print_hooks(struct page *page)
{
	const struct oci_hooks *hooks = page->plan->config->hooks;
	struct listing t = { .arena = &page->arena };

	if (!hooks)
		return;
	hook_rows(page, &t, "prestart", hooks->prestart, hooks->n_prestart);
	hook_rows(page, &t, "createRuntime", hooks->create_runtime, hooks->n_create_runtime);
	hook_rows(page, &t, "createContainer", hooks->create_container, hooks->n_create_container);
	hook_rows(page, &t, "startContainer", hooks->start_container, hooks->n_start_container);
	hook_rows(page, &t, "poststart", hooks->poststart, hooks->n_poststart);
	hook_rows(page, &t, "poststop", hooks->poststop, hooks->n_poststop);
	if (!t.n)
		return;
	heading(page, "Hooks");
	listing_print(&t, page->out);
}

void plan_print_text(const struct plan *plan, struct text *out)
{
	struct page page = { .plan = plan, .out = out };
	const struct rootfs_plan *root = &plan->rootfs;

	print_container(&page);
	print_namespaces(&page);
	print_steps(&page, "File systems and devices, in order", 0, root->n_early);
	print_steps(&page, "After the hooks of the runtime", root->n_early, root->n_steps);
	print_net_devices(&page);
	print_rdt(&page);
	print_sysctls(&page);
	print_cgroup(&page);
	print_process(&page);
	print_hooks(&page);
	arena_free(&page.arena);
}
