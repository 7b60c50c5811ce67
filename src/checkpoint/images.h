/*
 * images.h - the folder that a checkpoint is kept in
 *
 * CRIU's images and its log, and two small files of ours:
 *
 *	descriptors.json	where standard input, output and error led, as readlink(2) says; runc reads it too
 *	ctr-run.json		what CRIU calls them in its images, mounts below mounts, who made the checkpoint
 *
 * A restore must trust nothing in it.
 */
#pragma once
#include "container/record.h"
#include "plan/plan.h"

struct criu_settings;
struct error;

#define IMAGE_VERSION 1
#define DUMP_LOG "dump.log"
#define RESTORE_LOG "restore.log"

struct images {
	int folder;		/* of the images */
	int work;		/* of the log and CRIU's working files; -1: the same */
	const char *log_path;	/* where the log is, for messages; freed by images_close() */
};

/* Open the folders that SETTINGS names; with MAKE, make them and their parents.  LOG is the name of the log. */
int images_open(const struct criu_settings *settings, bool make, const char *log, struct images *images,
		struct error *err);
void images_close(struct images *images);

/* Let the root of the container's user namespace, if it has one, into the folder, since its processes open the images
 * while they are being restored: the folder's group becomes that root's, which may then pass through.  Nobody else may:
 * the images hold memory. */
int images_admit(const struct images *images, const struct namespace_plan *ns, struct error *err);

/* The folder of the log. */
int images_log_folder(const struct images *images);

/* Write both files.  DESCRIPTORS are N results of readlink(2). */
int images_write(const struct images *images, const struct record_image *image, char **descriptors, size_t n,
		 struct error *err);

/* Read what exists of both into ARENA.  Images made by runc have no ctr-run.json: then IMAGE is filled from
 * descriptors.json as runc reads it.  -1 with ERR if this is no checkpoint, or one for another kind of machine. */
int images_read(const struct images *images, struct arena *arena, struct record_image *image, struct error *err);
