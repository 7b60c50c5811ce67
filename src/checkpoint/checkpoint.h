/*
 * checkpoint.h - save a container to files, and resume it from them
 *
 * This room builds on the container room: `restore` is a create in which CRIU
 * takes the place of init.  checkpoint.c and restore.c show the order of events;
 * other files have what both need: the images (images.h), what CRIU is told
 * (settings.h), the parts that are not the container's own (external.h), what
 * will not work (preflight.h), and the mount namespace that CRIU works in
 * (staging.h).
 */
#pragma once
#include <stdbool.h>

#include "container/container.h"

/* What checkpoint and restore share: where the images are and what CRIU is told.  Names as in criu(8). */
struct criu_settings {
	const char *program;		/* NULL: "criu", wherever it is */
	const char *image_path;		/* default "checkpoint" */
	const char *work_path;		/* for the log; default: with the images */
	const char *manage_cgroups;	/* "soft", "full", "strict", "ignore"; default "soft" */
	const char *network_lock;	/* "iptables", "nftables", "skip" */
	char **empty_ns;		/* only "network" is known, and that is always empty */
	bool tcp_established, ext_unix_sk, shell_job, file_locks, link_remap, auto_dedup, lazy_pages;
};

struct checkpoint_options {
	const char *root, *id;
	struct criu_settings criu;
	const char *parent_path;	/* images of an earlier pre-dump, relative to the images */
	const char *page_server;	/* ADDRESS:PORT */
	const char *status_fd;		/* a number: gets a '\0' when lazy pages are served */
	bool leave_running, pre_dump, tcp_skip_in_flight;
	bool check;			/* only say what will not work */
};

/* Save the container and, unless it is left running, delete it.  After an error it runs on as before. */
int checkpoint_save(const struct checkpoint_options *options, struct error *err);

struct restore_options {
	struct create_options create;
	struct criu_settings criu;
	const char *lsm_profile, *lsm_mount_context;
	bool tcp_close;
};

/* Like container_run(), but the processes go on from where they were saved. */
int checkpoint_restore(struct restore_options *options, struct error *err);
