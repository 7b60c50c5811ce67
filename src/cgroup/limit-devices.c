/*
 * limit-devices.c - tell the kernel which devices are allowed
 *
 * Those who may not load a program or write the list (an ordinary user, root of
 * a user namespace) cannot make device nodes either: then the rules have
 * nothing to apply to and are left out.
 */
#include <fcntl.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "cgroup/devices.h"
#include "cgroup/limit.h"
#include "sys/bpf.h"
#include "sys/fd.h"

#define POINTER "/linux/resources/devices"
#define PROGRAM_NAME "ctr_run_devices"	/* 15 characters, the most that a program's name can have */

struct tables {
	struct device_table blocks, chars;
};

/* 0 with TABLES filled, to be freed; or -1 with ERR. */
static int tables_make(const struct oci_resources *resources, struct tables *tables, struct error *err)
{
	size_t n;
	auto_free struct device_rule *rules = device_rules(resources, &n, err);

	if (!rules)
		return -1;
	device_table_fill(&tables->blocks, DEVICE_BLOCK, rules, n);
	device_table_fill(&tables->chars, DEVICE_CHAR, rules, n);
	return 0;
}

static void tables_free(struct tables *tables)
{
	device_table_free(&tables->blocks);
	device_table_free(&tables->chars);
}

static bool tables_open(const struct tables *tables)
{
	return device_table_open(&tables->blocks) && device_table_open(&tables->chars);
}

/* ---- v1 ---- */

/* Write the lines of LIST to FILE; *DONE is how many were accepted. */
static int write_lines(const struct cgroup_folder *folder, const char *file, const struct device_list *list,
		       size_t *done, struct error *err)
{
	auto_fd fd = -1;

	*done = 0;
	if (list->n == 0)
		return 0;
	fd = openat(folder->fd, file, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(err, errno, "open %s", file);
	for (; *done < list->n; ++*done)
		if (write(fd, list->lines[*done], strlen(list->lines[*done])) < 0)
			return fail(err, errno, "write \"%s\" to %s%s", list->lines[*done], file,
				    errno == EPERM ? " (the cgroup above does not allow it)" : "");
	return 0;
}

static const char *first_file(const struct device_list *list)
{
	return list->allow ? "devices.allow" : "devices.deny";
}

static const char *second_file(const struct device_list *list)
{
	return list->allow ? "devices.deny" : "devices.allow";
}

static int write_list(const struct cgroup_folder *folder, const struct device_list *list, struct error *err)
{
	size_t done;

	if (file_put(folder->fd, first_file(list), "a", err) < 0)
		return -1;
	return write_lines(folder, second_file(list), list, &done, err);
}

static int list_make(struct device_list *list, const struct tables *tables, struct error *err)
{
	if (device_list_make(list, &tables->blocks, &tables->chars))
		return 0;
	return fail_at(err, POINTER, "cgroup v1 knows no exceptions from exceptions: a later rule takes back part of "
		       "an earlier, wider one");
}

static int apply_v1(const struct cgroup_folder *folder, const struct tables *tables, struct error *err)
{
	struct device_list list;
	int result = list_make(&list, tables, err);

	if (result == 0)
		result = write_list(folder, &list, err);
	device_list_free(&list);
	return result;
}

/* Write only what differs, added exceptions first: if both begin with the same "all" or "none", each line changes only
 * its own cell. */
static int change_lines(const struct cgroup_folder *folder, const struct device_list *old,
			const struct device_list *new, struct error *err)
{
	struct device_list more, less;
	size_t added = 0, taken = 0;
	struct error ignored;
	int result;

	device_list_diff(old, new, &more, &less);
	result = write_lines(folder, second_file(new), &more, &added, err);
	if (result == 0)
		result = write_lines(folder, first_file(new), &less, &taken, err);
	if (result < 0) {
		size_t n = more.n;

		more.n = added;
		write_lines(folder, first_file(new), &more, &added, &ignored);
		more.n = n;
		n = less.n;
		less.n = taken;
		write_lines(folder, second_file(new), &less, &taken, &ignored);
		less.n = n;
	}
	device_list_free(&more);
	device_list_free(&less);
	return result;
}

static int change_v1(const struct cgroup_folder *folder, const struct tables *now, const struct tables *tables,
		     struct error *err)
{
	struct device_list old = { 0 }, new = { 0 };
	struct error ignored;
	int result = list_make(&new, tables, err);

	if (result == 0)
		result = list_make(&old, now, err);
	if (result == 0 && old.allow == new.allow)
		result = change_lines(folder, &old, &new, err);
	else if (result == 0) {
		/* The first word makes the kernel forget all exceptions: for a moment only that word holds. */
		result = write_list(folder, &new, err);
		if (result < 0)
			write_list(folder, &old, &ignored);
	}
	device_list_free(&old);
	device_list_free(&new);
	return result;
}

/* ---- v2 ---- */

/* REPLACE: there may be a program already.  Otherwise it would stay, and all that are attached must allow. */
static int apply_v2(const struct cgroup_folder *folder, const struct tables *tables, bool replace, struct error *err)
{
	auto_free struct bpf_insn *code = NULL;
	auto_fd program = -1, old = -1;
	size_t n;

	if (replace)
		old = bpf_find_device(folder->fd, PROGRAM_NAME);
	if (old < 0 && tables_open(tables))
		return 0;
	code = device_program(&tables->blocks, &tables->chars, &n, err);
	if (!code)
		return -1;
	program = bpf_load_device(PROGRAM_NAME, code, n, err);
	return program < 0 ? -1 : bpf_attach_device(folder->fd, program, old, err);
}

/* ---- either ---- */

/* If we may not do it and need not, leave it out. */
static int excuse(const struct cgroup *cgroup, int result, struct error *err)
{
	if (result < 0 && (err->number == EPERM || err->number == EACCES) && (cgroup->rootless || !cgroup->required)) {
		log_debug("device rules are left out: %s", err->message);
		return 0;
	}
	return result < 0 ? blame(err, POINTER) : 0;
}

static int no_controller(const struct tables *tables, struct error *err)
{
	if (tables_open(tables))
		return 0;
	return fail(err, EPERM, "there is no devices controller in this container's cgroup");
}

int limit_devices(const struct cgroup *cgroup, const struct oci_resources *resources, struct error *err)
{
	const struct cgroup_folder *v1 = cgroup_v1(cgroup, "devices"), *v2 = cgroup_v2(cgroup);
	struct tables tables;
	int result = tables_make(resources, &tables, err);

	if (result < 0)
		return -1;
	if (v1)
		result = apply_v1(v1, &tables, err);
	else if (v2)
		result = apply_v2(v2, &tables, !v2->made, err);
	else
		result = no_controller(&tables, err);
	tables_free(&tables);
	return excuse(cgroup, result, err);
}

static int foresee_v1(struct limits *limits, const struct cgroup_folder *folder, const struct tables *tables,
		      struct error *err)
{
	struct device_list list;
	int result = list_make(&list, tables, err);

	if (result == 0) {
		limits_add(limits, folder, POINTER, first_file(&list), xstrdup("a"));
		for (size_t i = 0; i < list.n; i++)
			limits_add(limits, folder, POINTER, second_file(&list), xstrdup(list.lines[i]));
	}
	device_list_free(&list);
	return result;
}

static int foresee_v2(struct limits *limits, const struct cgroup_folder *folder, const struct tables *tables,
		      struct error *err)
{
	auto_free struct bpf_insn *code = NULL;
	size_t n;

	if (tables_open(tables))
		return 0;
	code = device_program(&tables->blocks, &tables->chars, &n, err);
	if (code)
		limits_add(limits, folder, POINTER, "(device program)", xasprintf("%zu instructions", n));
	return code ? 0 : -1;
}

int limits_foresee_devices(struct limits *limits, const struct oci_resources *resources, struct error *err)
{
	const struct cgroup_folder *v1 = cgroup_v1(limits->cgroup, "devices"), *v2 = cgroup_v2(limits->cgroup);
	struct tables tables;
	int result = tables_make(resources, &tables, err);

	if (result < 0)
		return -1;
	result = v1 ? foresee_v1(limits, v1, &tables, err) : v2 ? foresee_v2(limits, v2, &tables, err) : 0;
	tables_free(&tables);
	return result < 0 ? blame(err, POINTER) : 0;
}

static bool same_rules(const struct oci_resources *a, const struct oci_resources *b)
{
	size_t n, m;
	struct error ignored;
	auto_free struct device_rule *x = device_rules(a, &n, &ignored), *y = device_rules(b, &m, &ignored);

	if (!x || !y || n != m)
		return false;
	for (size_t i = 0; i < n; i++)
		if (x[i].allow != y[i].allow || x[i].types != y[i].types || x[i].major != y[i].major ||
		    x[i].minor != y[i].minor || x[i].access != y[i].access)
			return false;
	return true;
}

int limit_devices_change(const struct cgroup *cgroup, const struct oci_resources *now,
			 const struct oci_resources *resources, struct error *err)
{
	const struct cgroup_folder *v1 = cgroup_v1(cgroup, "devices"), *v2 = cgroup_v2(cgroup);
	struct tables tables, old;
	int result;

	/* Clients send everything they know with each update.  A hook may have added devices (GPUs): those stay. */
	if (same_rules(now, resources))
		return 0;
	if (tables_make(resources, &tables, err) < 0)
		return -1;
	if (tables_make(now, &old, err) < 0) {
		tables_free(&tables);
		return -1;
	}
	if (v1)
		result = change_v1(v1, &old, &tables, err);
	else if (v2)
		result = apply_v2(v2, &tables, true, err);
	else
		result = no_controller(&tables, err);
	tables_free(&old);
	tables_free(&tables);
	return excuse(cgroup, result, err);
}
