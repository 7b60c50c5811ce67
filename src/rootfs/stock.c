/*
 * stock.c - mounts that are attached more than once
 */
#include <fcntl.h>
#include <sys/mount.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "rootfs/steps.h"
#include "sys/mountfd.h"
#include "sys/path.h"

int stock_attach(struct mount_stock *stock, int target, struct error *err)
{
	if (!stock->attached) {
		if (mount_attach(stock->fd, target, err) < 0)
			return -1;
		stock->attached = true;
		return 0;
	}
	auto_fd copy = mount_clone(stock->fd, "", false, false, err);

	return copy < 0 ? -1 : mount_attach(copy, target, err);
}

void stock_close(struct mount_stock *stock)
{
	cleanup_close(&stock->fd);
	stock->attached = false;
}

/* Read-only, or the container's root could chmod the host's own node through the mask. */
int stock_null(struct mount_stock *stock, struct error *err)
{
	auto_fd null = open("/dev/null", O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (null < 0)
		return fail(err, errno, "open /dev/null for masked paths");
	/* If it could be replaced, the replacement would show in the masked files (CVE-2025-31133). */
	if (!path_is_device(null, 1, 3))
		return fail(err, 0, "/dev/null is not the null device");
	auto_fd mount = mount_clone(null, "", false, false, err);

	if (mount < 0 || mount_change(mount, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, 0, MS_PRIVATE,
				      false, err) < 0)
		return wrap(err, "prepare /dev/null for masked paths");
	*stock = (struct mount_stock) { .fd = take_fd(mount) };
	return 0;
}

int stock_empty(struct mount_stock *stock, const char *label, struct error *err)
{
	auto_text data = { 0 };
	const uint64_t attr = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

	/* Two inodes, not one: Ubuntu's 5.4 counts the root twice. */
	text_add(&data, "mode=755,nr_inodes=2");
	if (label && *label)
		text_addf(&data, ",context=\"%s\"", label);
	int mount = mount_new("tmpfs", "tmpfs", data.s, 0, attr, err);

	if (mount < 0)
		return wrap(err, "make an empty folder for masked paths");
	*stock = (struct mount_stock) { .fd = mount };
	return 0;
}
