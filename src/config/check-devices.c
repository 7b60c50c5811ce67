/* check-devices.c - device nodes to make, and network devices to take in */
#include <linux/if.h>

#include "config/check.h"

/* What fits into the kernel's dev_t. */
#define MAJOR_MAX 4095
#define MINOR_MAX 1048575

/* Entries are compared in pairs, for as many as a config may sensibly have; beyond that, the kernel refuses the second
 * of the same name. */
#define MAX_PAIRS 256

static void check_number(const struct check *c, const char *pointer, bool given, int64_t number, int64_t max)
{
	if (!given)
		check_fault(c->faults, pointer, "is missing (only type \"p\" goes without)");
	else if (number < 0 || number > max)
		check_fault(c->faults, pointer, "%lld is out of range (expected 0 to %lld)", (long long) number,
			    (long long) max);
}

static void check_device(const struct check *c, const struct oci_device *d, const char *pointer)
{
	check_path(c->faults, AT("%s/path", pointer), d->path, "the path of a device");
	if (d->type && (strlen(d->type) != 1 || !strchr("cbup", d->type[0]))) {
		check_fault(c->faults, AT("%s/type", pointer), "%s is not one of c, b, u, p", QUOTED(d->type));
	} else if (d->type && d->type[0] != 'p') {
		check_number(c, AT("%s/major", pointer), d->has_major, d->major, MAJOR_MAX);
		check_number(c, AT("%s/minor", pointer), d->has_minor, d->minor, MINOR_MAX);
	}
	/* Docker sends st_mode as it is, with the bits of the file type. */
	if (d->file_mode > 0177777)
		check_fault(c->faults, AT("%s/fileMode", pointer),
			    "%u is out of range (octal 0777 is 511: JSON numbers are decimal)", d->file_mode);
	if (d->uid == UINT32_MAX)
		check_fault(c->faults, AT("%s/uid", pointer), "%u is not an id (expected 0 to 4294967294)", d->uid);
	if (d->gid == UINT32_MAX)
		check_fault(c->faults, AT("%s/gid", pointer), "%u is not an id (expected 0 to 4294967294)", d->gid);
}

/* An unbuffered device is a character device; a FIFO has no numbers. */
static bool same_node(const struct oci_device *a, const struct oci_device *b)
{
	char kind = a->type[0] == 'u' ? 'c' : a->type[0];

	return kind == (b->type[0] == 'u' ? 'c' : b->type[0]) &&
	       (kind == 'p' || (a->major == b->major && a->minor == b->minor));
}

void check_devices(const struct check *c)
{
	const struct oci_device *list = c->config->linux->devices;

	for (size_t i = 0; i < c->config->linux->n_devices; i++) {
		check_device(c, &list[i], AT("/linux/devices/%zu", i));
		for (size_t k = 0; i < MAX_PAIRS && list[i].path && list[i].type && k < i; k++)
			if (list[k].path && list[k].type && !strcmp(list[i].path, list[k].path) &&
			    !same_node(&list[i], &list[k]))
				check_fault(c->faults, AT("/linux/devices/%zu/path", i),
					    "another device has this path, in entry %zu", k);
	}
}

/* The kernel's dev_valid_name(); it fills in a "%d" in a new name. */
static bool is_device_name(const char *s)
{
	return s[0] && strlen(s) < IFNAMSIZ && strcmp(s, ".") && strcmp(s, "..") && !strpbrk(s, "/: \t\n\v\f\r");
}

static bool is_new_name(const char *s)
{
	const char *percent = strchr(s, '%');

	return is_device_name(s) && (!percent || (percent[1] == 'd' && !strchr(percent + 1, '%')));
}

/* Its name in the container; NULL: the kernel decides. */
static const char *later_name(const struct json_map *map, size_t i)
{
	const struct oci_net_device *device = map->values[i];

	if (!device || !device->name || !device->name[0])
		return map->keys[i];
	return strchr(device->name, '%') ? NULL : device->name;
}

void check_net_devices(const struct check *c)
{
	const struct json_map *map = &c->config->linux->net_devices;

	if (map->n && !check_has_namespace(c, OCI_NAMESPACE_TYPE_NETWORK))
		check_fault(c->faults, "/linux/netDevices", "unable to move network devices without a NET namespace");
	for (size_t i = 0; i < map->n; i++) {
		const char *pointer = AT_KEY("/linux/netDevices", map->keys[i]);
		const struct oci_net_device *device = map->values[i];
		if (!is_device_name(map->keys[i]))
			check_fault(c->faults, pointer, "invalid network device name %s", QUOTED(map->keys[i]));
		if (device && device->name && device->name[0] && !is_new_name(device->name))
			check_fault(c->faults, AT("%s/name", pointer), "invalid network device name %s",
				    QUOTED(device->name));
		for (size_t k = 0; i < MAX_PAIRS && k < i; k++)
			if (later_name(map, i) && later_name(map, k) && !strcmp(later_name(map, i), later_name(map, k)))
				check_fault(c->faults, pointer, "%s is another device's name in the container too",
					    QUOTED(later_name(map, i)));
	}
}
