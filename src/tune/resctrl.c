/* resctrl.c - see resctrl.h */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/names.h"
#include "plan/plan.h"
#include "sys/fd.h"
#include "sys/mountinfo.h"
#include "tune/resctrl.h"

#ifndef RDTGROUP_SUPER_MAGIC
#define RDTGROUP_SUPER_MAGIC 0x7655821
#endif

#define MAX_TEXT 65536	/* of `schemata`: one line per resource, some ten bytes per domain */

/* ---- schemata, as text ------------------------------------------------------- */

static const char *skip_blanks(const char *s, const char *end)
{
	while (s < end && (*s == ' ' || *s == '\t'))
		s++;
	return s;
}

/* The value of DOMAIN ("0") in the list from S to END, "0=7f0;1=1f", or NULL; *N is its length without blanks and
 * leading zeros. */
static const char *value_of(const char *s, const char *end, unsigned long domain, size_t *n)
{
	while (s < end) {
		const char *stop = memchr(s, ';', (size_t) (end - s)), *equal;
		char *after;

		stop = stop ? stop : end;
		equal = memchr(s, '=', (size_t) (stop - s));
		s = skip_blanks(s, stop);
		if (equal && s < equal && *s >= '0' && *s <= '9' && strtoul(s, &after, 10) == domain &&
		    skip_blanks(after, equal) == equal) {
			s = skip_blanks(equal + 1, stop);
			while (s + 1 < stop && *s == '0' && s[1] != ' ')
				s++;
			for (*n = 0; s + *n < stop && s[*n] != ' ' && s[*n] != '\t'; ++*n)
				;
			return *n ? s : NULL;
		}
		s = stop + 1;
	}
	return NULL;
}

/* The list after "RESOURCE:" in the text THERE, and where it ends. */
static const char *find_resource(const char *there, const char *resource, size_t n, const char **end)
{
	for (const char *line = there; *line; line = **end ? *end + 1 : *end) {
		*end = strchrnul(line, '\n');
		line = skip_blanks(line, *end);
		if ((size_t) (*end - line) > n && !strncmp(line, resource, n) && line[n] == ':')
			return line + n + 1;
	}
	return NULL;
}

bool resctrl_matches(const char *there, const char *wanted)
{
	const char *resource = wanted + strspn(wanted, " \t"), *colon = strchr(resource, ':'),
		   *end = wanted + strlen(wanted);
	const char *list, *stop;
	unsigned domains = 0;

	if (!colon || !(list = find_resource(there, resource, (size_t) (colon - resource), &stop)))
		return false;
	for (const char *s = colon + 1; s < end; s += strcspn(s, ";") + (s[strcspn(s, ";")] == ';')) {
		const char *ours, *theirs;
		size_t n, m;
		char *after;

		s = skip_blanks(s, end);
		if (*s < '0' || *s > '9')
			return !*s && domains;
		unsigned long domain = strtoul(s, &after, 10);
		ours = value_of(s, s + strcspn(s, ";"), domain, &n);
		theirs = value_of(list, stop, domain, &m);
		if (!ours || !theirs || n != m || !name_same(ours, theirs, n))
			return false;
		domains++;
	}
	return domains > 0;
}

/* ---- the file system ---------------------------------------------------------- */

int resctrl_open(struct error *err)
{
	struct mountinfo mounts = { 0 };
	int fd = -1;

	if (mountinfo_read("/proc/self", &mounts, err) < 0) {
		mountinfo_free(&mounts);
		return -1;
	}
	for (size_t i = 0; i < mounts.n && fd < 0; i++) {
		struct statfs fs;

		if (strcmp(mounts.entries[i].type, "resctrl") != 0)
			continue;
		fd = open(mounts.entries[i].place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		/* Something may be mounted over it. */
		if (fd >= 0 && (fstatfs(fd, &fs) < 0 || fs.f_type != RDTGROUP_SUPER_MAGIC))
			cleanup_close(&fd);
	}
	mountinfo_free(&mounts);
	if (fd >= 0)
		return fd;
	return fail_code(err, ERROR_UNSUPPORTED,
			 "no resctrl file system is mounted (mount -t resctrl resctrl /sys/fs/resctrl; "
			 "it takes a processor with Intel RDT or its like, and a kernel that has it)");
}

/* FILE of the container's group, below its root. */
static char *in_group(const struct resctrl *r, const char *file)
{
	return xasprintf("%s%s%s", r->group, *r->group ? "/" : "", file);
}

/* The kernel's own words about the last refusal. */
static int refused(const struct resctrl *r, int number, struct error *err, const char *about, const char *name)
{
	auto_fd fd = openat(r->root, "info/last_cmd_status", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	char text[200];
	ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (!*text || !strcmp(text, "ok"))
		return fail(err, number, "%s %s%s", about, name,
			    number == ENOSPC ? " (the processor has no more of them)" : "");
	return fail(err, number, "%s %s (the kernel says: %s)", about, name, text);
}

static int write_file(const struct resctrl *r, const char *path, const char *text, struct error *err)
{
	auto_fd fd = openat(r->root, path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return fail(err, errno, "open %s of resctrl", path);
	if (write(fd, text, strlen(text)) < 0)
		return refused(r, errno, err, "write to resctrl's", path);
	return 0;
}

char *resctrl_read(const struct resctrl *r, struct error *err)
{
	auto_free char *path = in_group(r, "schemata");
	auto_fd fd = openat(r->root, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	size_t n;
	char *text = fd < 0 ? (fail(err, errno, "open it"), NULL) : fd_read_all(fd, MAX_TEXT, &n, err);

	if (!text)
		wrap(err, "read %s of resctrl", path);
	return text;
}

int resctrl_write(const struct resctrl *r, const char *schema, struct error *err)
{
	auto_free char *path = in_group(r, "schemata"), *line = xasprintf("%s\n", schema);

	return write_file(r, path, line, err) < 0 ? wrap(err, "set the schema \"%s\"", schema) : 0;
}

int resctrl_join(const struct resctrl *r, pid_t pid, struct error *err)
{
	auto_free char *path = in_group(r, "tasks");
	char text[16];

	snprintf(text, sizeof text, "%d\n", (int) pid);
	if (write_file(r, path, text, err) < 0)
		return -1;
	if (!r->monitor)
		return 0;
	/* A task can enter only a monitoring group of the group that it is in. */
	auto_free char *folder = in_group(r, "mon_groups"), *tasks = xasprintf("%s/%s/tasks", folder, r->monitor);
	return write_file(r, tasks, text, err);
}

/* ---- looking ------------------------------------------------------------------- */

static int compare(const struct rdt_plan *plan, const struct resctrl *r, struct error *err)
{
	auto_free char *there = resctrl_read(r, err);

	if (!there)
		return -1;
	for (size_t i = 0; i < plan->n_schemata; i++)
		if (!resctrl_matches(there, plan->schemata[i].line)) {
			fail_code(err, ERROR_CONFIG,
				  "the group \"%s\" of resctrl is there with other schemata than \"%s\"", r->group,
				  plan->schemata[i].line);
			return blame(err, plan->schemata[i].pointer);
		}
	return 0;
}

/* Only a folder with `tasks` in it is a group: "info" is not. */
static bool is_group(const struct resctrl *r)
{
	auto_free char *tasks = in_group(r, "tasks");
	struct stat st;

	return fstatat(r->root, tasks, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

int resctrl_look(const struct rdt_plan *plan, struct resctrl *r, struct error *err)
{
	struct stat st;
	bool there;

	r->group = plan->group;
	r->monitor = plan->monitor;
	r->temporary = plan->temporary;
	r->made_monitor = plan->monitor;
	there = !*r->group || fstatat(r->root, r->group, &st, AT_SYMLINK_NOFOLLOW) == 0;
	r->made_group = !there;
	if (!there && errno != ENOENT)
		return fail(err, errno, "look for the group \"%s\" of resctrl", r->group);
	if (there && !is_group(r)) {
		fail_code(err, ERROR_CONFIG, "\"%s\" is no group of resctrl", r->group);
		return blame(err, "/linux/intelRdt/closID");
	}
	/* A container may change its own group, even one that a container of the same name left behind. */
	if (plan->temporary)
		return 0;
	if (!there && !plan->n_schemata) {
		fail_code(err, ERROR_CONFIG, "there is no group \"%s\" in resctrl, and no schema to make it with",
			  r->group);
		return blame(err, "/linux/intelRdt/closID");
	}
	return there && plan->n_schemata ? compare(plan, r, err) : 0;
}

/* ---- making and removing --------------------------------------------------------- */

static int make_folder(const struct resctrl *r, const char *path, bool *made, struct error *err)
{
	if (mkdirat(r->root, path, 0755) == 0)
		return 0;
	*made = false;
	/* Two containers that name the same group may both be making it.  A monitoring group is one container's own. */
	return errno == EEXIST && path == r->group ? 0 : refused(r, errno, err, "make the resctrl group", path);
}

static int make(const struct rdt_plan *plan, struct resctrl *r, struct error *err)
{
	bool existed = !r->made_group, wants_monitor = r->made_monitor;

	/* Until it is made there is nothing to remove. */
	r->made_monitor = false;
	if (r->made_group && make_folder(r, r->group, &r->made_group, err) < 0)
		return blame(err, "/linux/intelRdt/closID");
	/* A group that existed has the right schemata already. */
	for (size_t i = 0; (!existed || plan->temporary) && i < plan->n_schemata; i++)
		if (resctrl_write(r, plan->schemata[i].line, err) < 0)
			return blame(err, plan->schemata[i].pointer);
	if (!wants_monitor)
		return 0;
	auto_free char *folder = in_group(r, "mon_groups"), *path = xasprintf("%s/%s", folder, r->monitor);
	r->made_monitor = true;
	return make_folder(r, path, &r->made_monitor, err) < 0 ? blame(err, "/linux/intelRdt/enableMonitoring") : 0;
}

int resctrl_make(const struct rdt_plan *plan, struct resctrl *r, struct error *err)
{
	struct error ignored;

	if (make(plan, r, err) == 0)
		return 0;
	resctrl_remove(r, true, &ignored);
	return -1;
}

static int remove_folder(const struct resctrl *r, const char *path, struct error *err)
{
	if (unlinkat(r->root, path, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	return fail(err, errno, "remove the resctrl group %s", path);
}

int resctrl_remove(const struct resctrl *r, bool all, struct error *err)
{
	auto_free char *folder = in_group(r, "mon_groups"),
		*monitor = xasprintf("%s/%s", folder, r->monitor ? r->monitor : "");
	int result = r->made_monitor ? remove_folder(r, monitor, err) : 0;

	/* The kernel moves whatever is left in it to the root. */
	if (r->made_group && (all || r->temporary) && remove_folder(r, r->group, err) < 0)
		return -1;
	return result;
}
