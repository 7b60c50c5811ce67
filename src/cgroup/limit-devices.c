/*
 * limit-devices.c - tell the kernel which devices there are
 *
 * Whoever may not load a program or write the list (an ordinary user, root of
 * a user namespace) cannot make device nodes either: then the rules have no
 * object and are left out.
 */
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "cgroup/devices.h"
#include "cgroup/limit.h"
#include "sys/bpf.h"
#include "sys/fd.h"

#define POINTER "/linux/resources/devices"
#define PROGRAM "ctr_run_devices"	/* 15 characters, all that a program's name can have */

/* ---- v1 ---- */

static int write_list(const struct cgroup_folder *folder, const struct device_list *list, struct error *err)
{
	const char *first = list->allow ? "devices.allow" : "devices.deny",
		   *second = list->allow ? "devices.deny" : "devices.allow";
	auto_fd fd = -1;

	if (file_put(folder->fd, first, "a", err) < 0)
		return -1;
	if (list->n == 0)
		return 0;
	fd = openat(folder->fd, second, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(err, errno, "open %s", second);
	for (size_t i = 0; i < list->n; i++)
		if (write(fd, list->lines[i], strlen(list->lines[i])) < 0)
			return fail(err, errno, "write \"%s\" to %s%s", list->lines[i], second,
				    errno == EPERM ? " (the cgroup above does not allow it)" : "");
	return 0;
}

static int apply_v1(const struct cgroup_folder *folder, const struct device_table *blocks,
		    const struct device_table *chars, struct error *err)
{
	struct device_list list;
	int result;

	if (!device_list_make(&list, blocks, chars))
		return fail_at(err, POINTER,
			       "cgroup v1 knows no exceptions from exceptions: a later rule takes back part of "
			       "an earlier, wider one");
	result = write_list(folder, &list, err);
	device_list_free(&list);
	return result;
}

/* ---- v2 ---- */

static int apply_v2(const struct cgroup_folder *folder, const struct device_table *blocks,
		    const struct device_table *chars, struct error *err)
{
	auto_free struct bpf_insn *code = NULL;
	auto_fd program = -1, old = -1;
	size_t n;

	/* The program of the last container here would stay, and every one attached must allow. */
	if (!folder->made)
		old = bpf_find_device(folder->fd, PROGRAM);
	if (old < 0 && device_table_open(blocks) && device_table_open(chars))
		return 0;
	code = device_program(blocks, chars, &n, err);
	if (!code)
		return -1;
	program = bpf_load_device(PROGRAM, code, n, err);
	return program < 0 ? -1 : bpf_attach_device(folder->fd, program, old, err);
}

/* ---- either ---- */

int limit_devices(const struct cgroup *cgroup, const struct oci_resources *resources, struct error *err)
{
	const struct cgroup_folder *v1 = cgroup_v1(cgroup, "devices"), *v2 = cgroup_v2(cgroup);
	auto_free struct device_rule *rules = NULL;
	struct device_table blocks, chars;
	size_t n;
	int result;

	rules = device_rules(resources, &n, err);
	if (!rules)
		return n > 0 ? -1 : 0;
	device_table_fill(&blocks, DEVICE_BLOCK, rules, n);
	device_table_fill(&chars, DEVICE_CHAR, rules, n);
	if (v1)
		result = apply_v1(v1, &blocks, &chars, err);
	else if (v2)
		result = apply_v2(v2, &blocks, &chars, err);
	else if (device_table_open(&blocks) && device_table_open(&chars))
		result = 0;
	else
		result = fail(err, EPERM, "there is no devices controller in this container's cgroup");
	device_table_free(&blocks);
	device_table_free(&chars);
	if (result < 0 && (err->number == EPERM || err->number == EACCES) && (cgroup->rootless || !cgroup->required)) {
		log_debug("device rules are left out: %s", err->message);
		return 0;
	}
	return result < 0 ? blame(err, POINTER) : 0;
}
