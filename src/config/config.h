/*
 * config.h - from text to a checked spec
 *
 * config_load() reads config.json (or a process file), fills the generated
 * structs and checks every section.  It reports all faults of a text at once,
 * each with its JSON pointer, line and column, and touches nothing.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "libocispec/arena.h"
#include "libocispec/json.h"
#include "libocispec/ocispec.h"

struct error;

struct config {
	struct arena arena;		/* holds all but the text */
	char *text;			/* as read, for locating faults and for the runtime's own copy */
	size_t length;
	char name[64];			/* base name of the file, for messages */
	struct oci_config *spec;	/* only after config_load(), config_parse(), config_load_mounts() */
	struct oci_process *process;	/* only after config_load_process() */
	struct oci_resources *resources;	/* only after config_load_resources() */
	const char *mounts;		/* only after config_load_mounts(): the pointer to the list, "/mounts", or ""
					 * if it is the whole text */
	struct json_faults faults;
};

/* Read NAME below DIRFD (or an absolute NAME).  0; or -1 with ERR: the file cannot be read, or it has
 * faults: then ERR holds the first, and config->faults all of them.  The caller calls config_free()
 * in every case.  At most 16 MiB are read, from a regular file only. */
int config_load(int dirfd, const char *name, struct config *config, struct error *err);

/* The same for the config of the BUNDLE: config.json, or NAME, given by --config: relative to the current directory, as
 * in crun, or if it is not there, to the bundle. */
int config_load_bundle(int bundle, const char *name, struct config *config, struct error *err);

/* The same for a file that holds one process object (exec --process); "-" is standard input, and it may be a pipe. */
int config_load_process(int dirfd, const char *name, struct config *config, struct error *err);

/* The same for a file that holds one linux.resources object, any part of which may be missing (update --resources); it
 * may be a pipe, too. */
int config_load_resources(int dirfd, const char *name, struct config *config, struct error *err);

/* The same for a file that holds mounts (`mounts add`): an array of them, or an object with the member "mounts"; it
 * may be a pipe, too.  spec is then CONTAINER, which must live as long as CONFIG, with these mounts in place of its
 * own. */
int config_load_mounts(int dirfd, const char *name, const struct oci_config *container, struct config *config,
		       struct error *err);

/* The same for text in memory. */
int config_parse(const char *text, size_t length, const char *name, struct config *config, struct error *err);

/* Fill in file, line and column of an error that has only a pointer. */
void config_locate(const struct config *config, struct error *err);

void config_free(struct config *config);

/* The checks themselves, on a filled struct (pointers may be NULL where reading failed); faults
 * are added with pointers only. */
void config_check(const struct oci_config *spec, struct json_faults *faults);
void config_check_process(const struct oci_process *process, const char *pointer, struct json_faults *faults);
void config_check_mounts(const struct oci_config *spec, const char *pointer, struct json_faults *faults);
void config_check_resources(const struct oci_resources *resources, const char *pointer, struct json_faults *faults);

/* The same for a change, whose values may depend on ones it does not contain: each is checked by itself. */
void config_check_change(const struct oci_resources *change, const char *pointer, struct json_faults *faults);

/* The spec that `ctr-run spec` writes: runc's and crun's default bundle, as JSON text the caller frees. */
char *config_template(bool rootless, unsigned uid, unsigned gid);

/* The features document (runtime-spec features.md) of this build, as JSON text the caller frees. */
char *config_features(void);
