/*
 * mount-options.c - see mount-options.h
 *
 * Theory.  Options come in pairs: one sets a bit, the other clears it, and
 * both must be carried out, because a bind mount starts with the attributes of
 * its source (mounts.c decides about those that no option names).  So a step
 * has a set of bits to set and one of bits to clear, and an option moves its
 * bit into one and out of the other.
 *
 * The access times are not bits but a field (MOUNT_ATTR__ATIME) with the values
 * relatime (0, the kernel's default), noatime and strictatime.  Naming one
 * replaces the field; its opposite ("atime", "nostrictatime") undoes only that
 * value.
 */
#include <string.h>
#include <sys/mount.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "config/idmap-option.h"
#include "config/mount-option.h"
#include "plan/mount-options.h"
#include "plan/planner.h"

/* Set the mount's access times to VALUE. */
static void set_atime(uint64_t *set, uint64_t *clear, uint64_t value)
{
	*set = (*set & ~(uint64_t) MOUNT_ATTR__ATIME) | value;
	*clear |= MOUNT_ATTR__ATIME;
}

/* Let them not be VALUE: undo an earlier option, and reset what a bind mount brings along. */
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
	case MOUNT_OPTION_SET:
		*set |= option->value;
		*clear &= ~option->value;
		break;
	case MOUNT_OPTION_CLEAR:
		*set &= ~option->value;
		*clear |= option->value;
		break;
	case MOUNT_OPTION_ATIME:
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
	size_t i;			/* the current option */
	struct step *step;
	struct mount_words *words;
	char *data;			/* room for all options */
	size_t n_data;
	struct error *err;
};

/* Pointer to the current option. */
static const char *here(struct reader *r)
{
	return arena_printf(r->arena, "%s/options/%zu", r->pointer, r->i);
}

/* Of equal ones only the last counts, so there is always room for any sensible list. */
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

/* A word that is not in the table. */
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
	case MOUNT_OPTION_NOTHING:
		break;
	case MOUNT_OPTION_SET: case MOUNT_OPTION_CLEAR: case MOUNT_OPTION_ATIME: case MOUNT_OPTION_UNATIME:
		change_attribute(option, option->recursive ? &step->set_all : &step->set,
				 option->recursive ? &step->clear_all : &step->clear);
		break;
	case MOUNT_OPTION_SUPER:
		step->super |= option->value;
		break;
	case MOUNT_OPTION_UNSUPER:
		step->super &= ~option->value;
		break;
	case MOUNT_OPTION_PROPAGATE:
		return add_propagation(r, option->value);
	case MOUNT_OPTION_BIND:
		r->words->bind = true;
		step->recursive |= option->value == MS_REC;
		break;
	case MOUNT_OPTION_REMOUNT:
		r->words->remount = true;
		break;
	case MOUNT_OPTION_COPY_UP:
		step->copy_up = true;
		r->words->copy_up_pointer = here(r);
		break;
	case MOUNT_OPTION_IDMAP:
		note_idmap(r, option->recursive);
		break;
	case MOUNT_OPTION_COPY_SYMLINK:
		step->copy_symlink = true;
		bind_only(r, option);
		break;
	case MOUNT_OPTION_NO_FOLLOW_TARGET:
		step->no_follow_target = true;
		bind_only(r, option);
		break;
	case MOUNT_OPTION_NO_FOLLOW_SOURCE:
		step->no_follow_source = true;
		bind_only(r, option);
		break;
	}
	return 0;
}

int mount_options_read(struct arena *arena, const struct oci_mount *mount, const struct oci_linux *linux,
		       const char *pointer, struct step *step, struct mount_words *words, struct error *err)
{
	struct reader r = {
		.arena = arena, .mount = mount, .linux = linux, .pointer = pointer, .step = step, .words = words,
		.err = err,
	};

	*words = (struct mount_words) { 0 };
	for (; r.i < mount->n_options; r.i++) {
		const char *word = mount->options[r.i];
		const struct mount_option *option = mount_option_find(word);

		if ((option ? read_known(&r, option) : read_other(&r, word)) < 0)
			return -1;
	}
	/* What config lets a bind mount have of them was for the engine, not for a file system. */
	if (words->bind)
		step->data = NULL;
	return 0;
}
