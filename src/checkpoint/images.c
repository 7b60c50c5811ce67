/* images.c - see images.h */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "checkpoint/checkpoint.h"
#include "checkpoint/images.h"
#include "libocispec/arena.h"
#include "sys/fd.h"
#include "sys/idmap.h"

#define MAX_FILE (1 << 20)
#define OURS "ctr-run.json"
#define RUNCS "descriptors.json"

static int open_folder(const char *path, bool make, struct error *err)
{
	/* It will hold memory of processes, with any keys in it: nobody else may look. */
	if (make && folder_make_all(path, err) < 0)
		return -1;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? fail(err, errno, "open the folder %s", path) : fd;
}

int images_open(const struct criu_settings *settings, bool make, const char *log, struct images *images,
		struct error *err)
{
	const char *path = settings->image_path ? settings->image_path : "checkpoint", *work = settings->work_path;

	*images = (struct images) { .folder = -1, .work = -1 };
	images->folder = open_folder(path, make, err);
	/* The work folder may have to be made even for a restore. */
	if (images->folder < 0 || (work && (images->work = open_folder(work, true, err)) < 0))
		return -1;
	images->log_path = xasprintf("%s/%s", work ? work : path, log);
	return 0;
}

int images_admit(const struct images *images, const struct namespace_plan *ns, struct error *err)
{
	struct stat st;
	unsigned gid;

	if (!ns->n_gids || !idmap_to_host(ns->gids, ns->n_gids, 0, &gid))
		return 0;
	if (fstat(images->folder, &st) < 0)
		return fail(err, errno, "look at the folder of images");
	if (st.st_mode & S_IXOTH || (st.st_gid == gid && st.st_mode & S_IXGRP))
		return 0;
	if (fchown(images->folder, (uid_t) -1, gid) < 0 || fchmod(images->folder, (st.st_mode & 07700) | S_IXGRP) < 0)
		return fail(err, errno, "let the container's root into the folder of images");
	return 0;
}

int images_log_folder(const struct images *images)
{
	return images->work >= 0 ? images->work : images->folder;
}

void images_close(struct images *images)
{
	cleanup_close(&images->folder);
	cleanup_close(&images->work);
	free((char *) images->log_path);
	*images = (struct images) { .folder = -1, .work = -1 };
}

int images_write(const struct images *images, const struct record_image *image, char **descriptors, size_t n,
		 struct error *err)
{
	size_t length;
	auto_free char *ours = json_write(&record_image_type, image, true, &length);
	auto_text list = { 0 };

	text_add(&list, "[");
	for (size_t i = 0; i < n; i++) {
		if (i)
			text_add(&list, ",");
		text_add_json(&list, descriptors[i]);
	}
	text_add(&list, "]");
	if (file_replace(images->folder, RUNCS, list.s, list.n, 0600, err) < 0)
		return -1;
	return file_replace(images->folder, OURS, ours, length, 0600, err);
}

/* Read one of the two files, put between HEAD and TAIL.  NULL with ERR, and errno ENOENT if it is missing. */
static void *read_file(const struct images *images, const char *name, const struct json_type *type, const char *head,
		       const char *tail, struct arena *arena, struct error *err)
{
	struct json_faults faults = { .arena = arena };
	auto_fd fd = openat(images->folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	auto_text whole = { 0 };
	size_t n;

	if (fd < 0) {
		fail(err, errno, "open %s of the checkpoint", name);
		return NULL;
	}
	auto_free char *text = fd_read_all(fd, MAX_FILE, &n, err);
	if (!text) {
		wrap(err, "read %s of the checkpoint", name);
		return NULL;
	}
	text_add(&whole, head);
	text_add_bytes(&whole, text, n);
	text_add(&whole, tail);
	void *object = json_read(arena, type, whole.s, whole.n, &faults);
	if (object && !faults.n)
		return object;
	fail_code(err, ERROR_SYSTEM, "%s of the checkpoint is damaged: %s", name,
		  faults.n ? faults.list[0].message : "no object");
	return NULL;
}

/* Like runc: only pipes are passed on. */
static void from_descriptors(const struct record_descriptors *descriptors, struct arena *arena,
			     struct record_image *image)
{
	for (size_t i = 0; descriptors && i < descriptors->n_list; i++) {
		const char *key = descriptors->list[i];
		*(char **) arena_push(arena, &image->inherit, i, sizeof key) =
			arena_strdup(arena, key && strstr(key, "pipe:") ? key : "");
		image->n_inherit = i + 1;
	}
}

static int check(const struct record_image *image, struct error *err)
{
	struct utsname here;

	if (image->version != IMAGE_VERSION)
		return fail_code(err, ERROR_UNSUPPORTED, "the checkpoint has version %u, this build reads %d",
				 image->version, IMAGE_VERSION);
	if (uname(&here) == 0 && strcmp(here.machine, image->machine))
		return fail_code(err, ERROR_UNSUPPORTED, "the checkpoint was made on a %s machine, this is %s",
				 image->machine, here.machine);
	return 0;
}

int images_read(const struct images *images, struct arena *arena, struct record_image *image, struct error *err)
{
	struct record_image *ours;

	*image = (struct record_image) { 0 };
	if (faccessat(images->folder, "inventory.img", F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return fail(err, errno, "there is no checkpoint: inventory.img");
	ours = read_file(images, OURS, &record_image_type, "", "", arena, err);
	if (ours) {
		*image = *ours;
		return check(image, err);
	}
	if (err->number != ENOENT)
		return -1;
	from_descriptors(read_file(images, RUNCS, &record_descriptors_type, "{\"list\":", "}", arena, err), arena,
			 image);
	return image->n_inherit || err->number == ENOENT ? 0 : -1;
}
