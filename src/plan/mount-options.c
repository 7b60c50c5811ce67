/*
 * mount-options.c - see mount-options.h
 *
 * Theory.  Options come in pairs: one sets a bit, the other clears it, and
 * both must be carried out, because a bind mount starts with the attributes of
 * its source.  So a step has a set of bits to set and one of bits to clear, and
 * an option moves its bit into one and out of the other.
 *
 * The access times are no bits but one field (MOUNT_ATTR__ATIME) with the
 * values relatime (0, the kernel's default), noatime and strictatime.  Naming
 * one replaces the field; its opposite ("atime", "nostrictatime") takes only
 * that value back.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "config/idmap-option.h"
#include "plan/mount-options.h"
#include "plan/planner.h"

enum option_kind {
	NOTHING,
	SET, CLEAR,		/* an attribute */
	ATIME, UNATIME,		/* a value of the field of access times */
	SUPER, UNSUPER,		/* a flag of the file system */
	PROPAGATE,
	BIND, REMOUNT,
	IDMAP,
	BIND_FLAG,		/* a flag of the step, which only binds have: value is its offset */
	COPY_UP,
};

struct mount_option {
	const char *name;
	enum option_kind kind;
	uint64_t value;
	bool recursive;		/* an attribute of the whole tree */
};

/* Sorted, for bsearch(3). */
static const struct mount_option options[] = {
	{ "async",	    UNSUPER,   MS_SYNCHRONOUS,				false },
	{ "atime",	    UNATIME,   MOUNT_ATTR_NOATIME,			false },
	{ "bind",	    BIND,      0,					false },
	{ "copy-symlink",   BIND_FLAG, offsetof(struct step, copy_symlink),	false },
	{ "defaults",	    NOTHING,   0,					false },
	{ "dest-nofollow",  BIND_FLAG, offsetof(struct step, no_follow_target),	false },
	{ "dev",	    CLEAR,     MOUNT_ATTR_NODEV,			false },
	{ "diratime",	    CLEAR,     MOUNT_ATTR_NODIRATIME,			false },
	{ "dirsync",	    SUPER,     MS_DIRSYNC,				false },
	{ "exec",	    CLEAR,     MOUNT_ATTR_NOEXEC,			false },
	{ "idmap",	    IDMAP,     0,					false },
	{ "iversion",	    SUPER,     MS_I_VERSION,				false },
	{ "lazytime",	    SUPER,     MS_LAZYTIME,				false },
	{ "loud",	    UNSUPER,   MS_SILENT,				false },
	{ "mand",	    SUPER,     MS_MANDLOCK,				false },
	{ "noatime",	    ATIME,     MOUNT_ATTR_NOATIME,			false },
	{ "nodev",	    SET,       MOUNT_ATTR_NODEV,			false },
	{ "nodiratime",	    SET,       MOUNT_ATTR_NODIRATIME,			false },
	{ "noexec",	    SET,       MOUNT_ATTR_NOEXEC,			false },
	{ "noiversion",	    UNSUPER,   MS_I_VERSION,				false },
	{ "nolazytime",	    UNSUPER,   MS_LAZYTIME,				false },
	{ "nomand",	    UNSUPER,   MS_MANDLOCK,				false },
	{ "norelatime",	    UNATIME,   MOUNT_ATTR_RELATIME,			false },
	{ "nostrictatime",  UNATIME,   MOUNT_ATTR_STRICTATIME,			false },
	{ "nosuid",	    SET,       MOUNT_ATTR_NOSUID,			false },
	{ "nosymfollow",    SET,       MOUNT_ATTR_NOSYMFOLLOW,			false },
	{ "private",	    PROPAGATE, MS_PRIVATE,				false },
	{ "ratime",	    UNATIME,   MOUNT_ATTR_NOATIME,			true },
	{ "rbind",	    BIND,      MS_REC,					false },
	{ "rdev",	    CLEAR,     MOUNT_ATTR_NODEV,			true },
	{ "rdiratime",	    CLEAR,     MOUNT_ATTR_NODIRATIME,			true },
	{ "relatime",	    ATIME,     MOUNT_ATTR_RELATIME,			false },
	{ "remount",	    REMOUNT,   0,					false },
	{ "rexec",	    CLEAR,     MOUNT_ATTR_NOEXEC,			true },
	{ "ridmap",	    IDMAP,     0,					true },
	{ "rnoatime",	    ATIME,     MOUNT_ATTR_NOATIME,			true },
	{ "rnodev",	    SET,       MOUNT_ATTR_NODEV,			true },
	{ "rnodiratime",    SET,       MOUNT_ATTR_NODIRATIME,			true },
	{ "rnoexec",	    SET,       MOUNT_ATTR_NOEXEC,			true },
	{ "rnorelatime",    UNATIME,   MOUNT_ATTR_RELATIME,			true },
	{ "rnostrictatime", UNATIME,   MOUNT_ATTR_STRICTATIME,			true },
	{ "rnosuid",	    SET,       MOUNT_ATTR_NOSUID,			true },
	{ "rnosymfollow",   SET,       MOUNT_ATTR_NOSYMFOLLOW,			true },
	{ "ro",		    SET,       MOUNT_ATTR_RDONLY,			false },
	{ "rprivate",	    PROPAGATE, MS_PRIVATE | MS_REC,			false },
	{ "rrelatime",	    ATIME,     MOUNT_ATTR_RELATIME,			true },
	{ "rro",	    SET,       MOUNT_ATTR_RDONLY,			true },
	{ "rrw",	    CLEAR,     MOUNT_ATTR_RDONLY,			true },
	{ "rshared",	    PROPAGATE, MS_SHARED | MS_REC,			false },
	{ "rslave",	    PROPAGATE, MS_SLAVE | MS_REC,			false },
	{ "rstrictatime",   ATIME,     MOUNT_ATTR_STRICTATIME,			true },
	{ "rsuid",	    CLEAR,     MOUNT_ATTR_NOSUID,			true },
	{ "rsymfollow",	    CLEAR,     MOUNT_ATTR_NOSYMFOLLOW,			true },
	{ "runbindable",    PROPAGATE, MS_UNBINDABLE | MS_REC,			false },
	{ "rw",		    CLEAR,     MOUNT_ATTR_RDONLY,			false },
	{ "shared",	    PROPAGATE, MS_SHARED,				false },
	{ "silent",	    SUPER,     MS_SILENT,				false },
	{ "slave",	    PROPAGATE, MS_SLAVE,				false },
	{ "src-nofollow",   BIND_FLAG, offsetof(struct step, no_follow_source),	false },
	{ "strictatime",    ATIME,     MOUNT_ATTR_STRICTATIME,			false },
	{ "suid",	    CLEAR,     MOUNT_ATTR_NOSUID,			false },
	{ "symfollow",	    CLEAR,     MOUNT_ATTR_NOSYMFOLLOW,			false },
	{ "sync",	    SUPER,     MS_SYNCHRONOUS,				false },
	{ "tmpcopyup",	    COPY_UP,   0,					false },
	{ "unbindable",	    PROPAGATE, MS_UNBINDABLE,				false },
};

const char *mount_option_name(size_t i)
{
	return i < ARRAY_SIZE(options) ? options[i].name : NULL;
}

static int compare(const void *name, const void *row)
{
	return strcmp(name, ((const struct mount_option *) row)->name);
}

/* Let VALUE be the access times of the mount. */
static void set_atime(uint64_t *set, uint64_t *clear, uint64_t value)
{
	*set = (*set & ~(uint64_t) MOUNT_ATTR__ATIME) | value;
	*clear |= MOUNT_ATTR__ATIME;
}

/* Let them not be VALUE: an earlier option is taken back, and what a bind mount brings along is reset. */
static void unset_atime(uint64_t *set, uint64_t *clear, uint64_t value)
{
	bool given = *clear & MOUNT_ATTR__ATIME;

	if (value == MOUNT_ATTR_RELATIME) {
		if (given && (*set & MOUNT_ATTR__ATIME) == value)
			*clear &= ~(uint64_t) MOUNT_ATTR__ATIME;
	} else if (!given || (*set & MOUNT_ATTR__ATIME) == value) {
		set_atime(set, clear, MOUNT_ATTR_RELATIME);
	}
}

static void change_attribute(const struct mount_option *option, uint64_t *set, uint64_t *clear)
{
	switch (option->kind) {
	case SET:
		*set |= option->value;
		*clear &= ~option->value;
		break;
	case CLEAR:
		*set &= ~option->value;
		*clear |= option->value;
		break;
	case ATIME:
		set_atime(set, clear, option->value);
		break;
	default:
		unset_atime(set, clear, option->value);
	}
}

struct reader {
	struct arena *arena;
	const struct oci_mount *mount;
	const struct oci_linux *linux;
	const char *pointer;		/* of the mount */
	size_t i;			/* the option at hand */
	struct step *step;
	struct mount_words *words;
	char *data;			/* room for all options */
	size_t n_data;
	struct error *err;
};

/* Where the option at hand stands. */
static const char *here(struct reader *r)
{
	return arena_printf(r->arena, "%s/options/%zu", r->pointer, r->i);
}

/* Only the last of two equal ones counts, so there is always room for what differs sensibly. */
static int add_propagation(struct reader *r, uint64_t value)
{
	struct step *step = r->step;
	unsigned n = 0;

	for (unsigned i = 0; i < step->n_propagation; i++)
		if (step->propagation[i] != value)
			step->propagation[n++] = step->propagation[i];
	if (n == ARRAY_SIZE(step->propagation))
		return fail_at(r->err, here(r), "more than %zu different propagations for one mount",
			       ARRAY_SIZE(step->propagation));
	step->propagation[n++] = value;
	step->n_propagation = n;
	return 0;
}

static void add_data(struct reader *r, const char *word)
{
	size_t room = 1;

	if (!r->data) {
		for (size_t i = 0; i < r->mount->n_options; i++)
			room += strlen(r->mount->options[i]) + 1;
		r->step->data = r->data = arena_alloc(r->arena, room);
	} else {
		r->data[r->n_data++] = ',';
	}
	memcpy(r->data + r->n_data, word, strlen(word) + 1);
	r->n_data += strlen(word);
}

static void note_idmap(struct reader *r, bool recursive)
{
	r->step->idmap = true;
	r->step->idmap_recursive |= recursive;
	r->words->idmap_pointer = here(r);
}

/* What is not in the table. */
static int read_other(struct reader *r, const char *word)
{
	const char *value = idmap_option_value(word), *fault;
	struct idmap_option map;

	if (value) {
		if ((fault = idmap_option_read(r->arena, value, r->linux, &map)))
			return fail_at(r->err, here(r), "%s", fault);
		note_idmap(r, *word == 'r');
		r->step->uids = map.uids;
		r->step->n_uids = map.n_uids;
		r->step->gids = map.gids;
		r->step->n_gids = map.n_gids;
	} else if (*word) {
		add_data(r, word);
	}
	return 0;
}

static void bind_only(struct reader *r, const struct mount_option *option)
{
	if (!r->words->bind_word) {
		r->words->bind_word = option->name;
		r->words->bind_pointer = here(r);
	}
}

static int read_known(struct reader *r, const struct mount_option *option)
{
	struct step *step = r->step;

	switch (option->kind) {
	case NOTHING:
		break;
	case SET: case CLEAR: case ATIME: case UNATIME:
		change_attribute(option, option->recursive ? &step->set_all : &step->set,
				 option->recursive ? &step->clear_all : &step->clear);
		break;
	case SUPER:
		step->super |= option->value;
		break;
	case UNSUPER:
		step->super &= ~option->value;
		break;
	case PROPAGATE:
		return add_propagation(r, option->value);
	case BIND:
		r->words->bind = true;
		step->recursive |= option->value == MS_REC;
		break;
	case REMOUNT:
		r->words->remount = true;
		break;
	case COPY_UP:
		step->copy_up = true;
		r->words->copy_up_pointer = here(r);
		break;
	case IDMAP:
		note_idmap(r, option->recursive);
		break;
	case BIND_FLAG:
		*(bool *) ((char *) step + option->value) = true;
		bind_only(r, option);
		break;
	}
	return 0;
}

int mount_options_read(struct arena *arena, const struct oci_mount *mount, const struct oci_linux *linux,
		       const char *pointer, struct step *step, struct mount_words *words, struct error *err)
{
	struct reader r = {
		.arena = arena, .mount = mount, .linux = linux, .pointer = pointer, .step = step, .words = words, .err = err,
	};

	*words = (struct mount_words) { 0 };
	for (; r.i < mount->n_options; r.i++) {
		const char *word = mount->options[r.i];
		const struct mount_option *option =
			bsearch(word, options, ARRAY_SIZE(options), sizeof *options, compare);

		if ((option ? read_known(&r, option) : read_other(&r, word)) < 0)
			return -1;
	}
	return 0;
}
