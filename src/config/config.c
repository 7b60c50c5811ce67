/*
 * config.c - from a file to a checked spec
 *
 * The file may be anything its owner put there: if it is not a regular file it
 * is refused without waiting for it, and the amount that is read is bounded.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "config/config.h"
#include "sys/fd.h"

#define MAX_SIZE (16 << 20)

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static const char *file_kind(mode_t mode)
{
	return S_ISDIR(mode) ? "a directory" : S_ISFIFO(mode) ? "a FIFO" : "a device";
}

static char *read_file(int dirfd, const char *name, size_t *length, struct error *err)
{
	/* O_NONBLOCK: a FIFO without a writer would hold us up; O_NOCTTY: a terminal would become ours. */
	auto_fd fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	char *text;

	if (fd < 0 && errno == ENOENT) {
		fail(err, ENOENT, "JSON specification file %s not found", name);
		return NULL;
	}
	if (fd < 0 && errno == ENXIO) {	/* some other kind of file, which cannot even be opened */
		fail_code(err, ERROR_CONFIG, "%s is a socket or a device (expected a regular file)", name);
		return NULL;
	}
	if (fd < 0 || fstat(fd, &st) < 0) {
		fail(err, errno, "open %s", name);
		return NULL;
	}
	if (!S_ISREG(st.st_mode)) {
		fail_code(err, ERROR_CONFIG, "%s is %s (expected a regular file)", name, file_kind(st.st_mode));
		return NULL;
	}
	if (st.st_size > MAX_SIZE) {
		fail_code(err, ERROR_CONFIG, "%s has %lld bytes (expected at most %d)", name, (long long) st.st_size,
			  MAX_SIZE);
		return NULL;
	}
	if (!(text = fd_read_all(fd, MAX_SIZE, length, err)))
		wrap(err, "%s", name);
	return text;
}

void config_locate(const struct config *config, struct error *err)
{
	if (!err->pointer[0] || err->line || !config->text)
		return;
	snprintf(err->file, sizeof err->file, "%s", config->name);
	json_locate(config->text, config->length, err->pointer, &err->line, &err->column);
}

static int by_place(const void *a, const void *b)
{
	const struct json_fault *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->column < y->column ? -1 : x->column > y->column;
}

/* Fill in the places of faults that have none yet, and give ERR the first of all. */
static int report(struct config *config, struct error *err)
{
	struct json_faults *faults = &config->faults;
	const struct json_fault *first;

	if (!faults->n)
		return 0;
	for (size_t i = 0; i < faults->n; i++) {
		struct json_fault *f = &faults->list[i];
		if (!f->line)
			json_locate(config->text, config->length, f->pointer, &f->line, &f->column);
	}
	qsort(faults->list, faults->n, sizeof *faults->list, by_place);
	first = &faults->list[0];
	fail_at(err, first->pointer, "%s", first->message);
	snprintf(err->file, sizeof err->file, "%s", config->name);
	err->line = first->line;
	err->column = first->column;
	return -1;
}

/* Go writes "" for what is not set. */
static char *non_empty(char *s)
{
	return s && *s ? s : NULL;
}

/* Settle what SPEC says about the listener of its seccomp profile, if anything.  The annotation is the one by which
 * crun's callers named it before the spec had listenerPath, which wins if both are given. */
static void settle_listener(struct oci_config *spec)
{
	const char *receiver = json_map_get(&spec->annotations, "run.oci.seccomp.receiver");
	struct oci_seccomp *seccomp = spec->linux->seccomp;

	if (!seccomp)
		return;
	seccomp->listener_metadata = non_empty(seccomp->listener_metadata);
	seccomp->listener_path = non_empty(seccomp->listener_path);
	if (!seccomp->listener_path)
		seccomp->listener_path = non_empty((char *) receiver);
}

/* A config may do without the member "linux": then nothing of it is asked for, and nobody else need look whether it is
 * there. */
static void settle_linux(struct arena *arena, struct oci_config *spec)
{
	if (!spec->linux)
		spec->linux = arena_alloc(arena, sizeof *spec->linux);
}

enum kind { SPEC, PROCESS, RESOURCES };

/* Parse and check CONFIG->text. */
static int understand(struct config *config, const char *name, enum kind kind, struct error *err)
{
	struct arena *a = &config->arena;

	snprintf(config->name, sizeof config->name, "%s", base_name(name));
	config->faults.arena = a;
	if (kind == PROCESS) {
		config->process = json_read(a, &oci_process_type, config->text, config->length, &config->faults);
		if (config->process)
			config_check_process(config->process, "", &config->faults);
	} else if (kind == RESOURCES) {
		config->resources = json_read(a, &oci_resources_type, config->text, config->length, &config->faults);
		if (config->resources)
			config_check_change(config->resources, "", &config->faults);
	} else {
		config->spec = json_read(a, &oci_config_type, config->text, config->length, &config->faults);
		if (config->spec) {
			settle_linux(a, config->spec);
			settle_listener(config->spec);
			config_check(config->spec, &config->faults);
		}
	}
	return report(config, err);
}

int config_load(int dirfd, const char *name, struct config *config, struct error *err)
{
	*config = (struct config) { 0 };
	if (!(config->text = read_file(dirfd, name, &config->length, err)))
		return -1;
	return understand(config, name, SPEC, err);
}

int config_load_bundle(int bundle, const char *name, struct config *config, struct error *err)
{
	if (!name || !strcmp(name, "config.json"))
		return config_load(bundle, "config.json", config, err);
	return config_load(file_exists(AT_FDCWD, name) ? AT_FDCWD : bundle, name, config, err);
}

/* Read the text of NAME, which may be a pipe (a shell's <(...)) or "-", standard input.  Its name for messages, or
 * NULL. */
static const char *read_named(int dirfd, const char *name, struct config *config, struct error *err)
{
	bool input = !strcmp(name, "-");
	auto_fd fd = -1;

	*config = (struct config) { 0 };
	if (!input && (fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY)) < 0) {
		fail(err, errno, "open %s", name);
		return NULL;
	}
	if (input)
		name = "standard input";
	if (!(config->text = fd_read_all(input ? STDIN_FILENO : fd, MAX_SIZE, &config->length, err)))
		wrap(err, "%s", name);
	return config->text ? name : NULL;
}

int config_load_process(int dirfd, const char *name, struct config *config, struct error *err)
{
	name = read_named(dirfd, name, config, err);
	return name ? understand(config, name, PROCESS, err) : -1;
}

int config_load_resources(int dirfd, const char *name, struct config *config, struct error *err)
{
	name = read_named(dirfd, name, config, err);
	return name ? understand(config, name, RESOURCES, err) : -1;
}

int config_load_mounts(int dirfd, const char *name, const struct oci_config *container, struct config *config,
		       struct error *err)
{
	const struct oci_mounts *mounts;

	if (!(name = read_named(dirfd, name, config, err)))
		return -1;
	snprintf(config->name, sizeof config->name, "%s", base_name(name));
	config->faults.arena = &config->arena;
	config->mounts = config->text[strspn(config->text, " \t\r\n")] == '[' ? "" : "/mounts";
	if ((mounts = json_read(&config->arena, &oci_mounts_type, config->text, config->length, &config->faults))) {
		config->spec = arena_alloc(&config->arena, sizeof *config->spec);
		*config->spec = *container;
		config->spec->mounts = mounts->mounts;
		config->spec->n_mounts = mounts->n_mounts;
		config_check_mounts(config->spec, config->mounts, &config->faults);
	}
	return report(config, err);
}

int config_parse(const char *text, size_t length, const char *name, struct config *config, struct error *err)
{
	*config = (struct config) { 0 };
	config->text = memcpy(xmalloc(length), text, length);
	config->length = length;
	return understand(config, name, SPEC, err);
}

void config_free(struct config *config)
{
	arena_free(&config->arena);
	free(config->text);
	*config = (struct config) { 0 };
}
