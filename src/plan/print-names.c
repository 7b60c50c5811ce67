/* print-names.c - see print-names.h */
#include <linux/seccomp.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/names.h"
#include "config/capability-names.h"
#include "libocispec/arena.h"
#include "plan/print-names.h"
#include "sys/namespace.h"

static const char *const action_names[] = {
	[STEP_BIND] = "bind",	    [STEP_MOUNT] = "mount",	  [STEP_CGROUP] = "cgroup",
	[STEP_PROPAGATE] = "propagate", [STEP_REMOUNT] = "remount", [STEP_DEVICE] = "device",
	[STEP_SYMLINK] = "symlink", [STEP_CONSOLE] = "console",	  [STEP_SEAL] = "seal",
	[STEP_READONLY] = "readonly", [STEP_MASK] = "mask",
};

/* An attribute and the words for setting and for clearing it; with an "r" in front, for a whole tree. */
static const struct { uint64_t flag; const char *set, *clear; } attributes[] = {
	{ MOUNT_ATTR_RDONLY, "rro", "rrw" },	   { MOUNT_ATTR_NOSUID, "rnosuid", "rsuid" },
	{ MOUNT_ATTR_NODEV, "rnodev", "rdev" },	   { MOUNT_ATTR_NOEXEC, "rnoexec", "rexec" },
	{ MOUNT_ATTR_NODIRATIME, "rnodiratime", "rdiratime" }, { MOUNT_ATTR_NOSYMFOLLOW, "rnosymfollow", "rsymfollow" },
};

static const struct name_value supers[] = {
	{ "ro", MS_RDONLY },	 { "sync", MS_SYNCHRONOUS }, { "dirsync", MS_DIRSYNC }, { "lazytime", MS_LAZYTIME },
	{ "mand", MS_MANDLOCK }, { "silent", MS_SILENT },    { "iversion", MS_I_VERSION }, { NULL, 0 },
};

static const struct name_value propagations[] = {
	{ "private", MS_PRIVATE }, { "rprivate", MS_PRIVATE | MS_REC },
	{ "slave", MS_SLAVE }, { "rslave", MS_SLAVE | MS_REC },
	{ "shared", MS_SHARED }, { "rshared", MS_SHARED | MS_REC }, { "unbindable", MS_UNBINDABLE },
	{ "runbindable", MS_UNBINDABLE | MS_REC }, { NULL, 0 },
};

static const struct name_value seccomp_flags[] = {
	{ "SECCOMP_FILTER_FLAG_TSYNC", SECCOMP_FILTER_FLAG_TSYNC },
	{ "SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG },
	{ "SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW },
	{ "SECCOMP_FILTER_FLAG_NEW_LISTENER", SECCOMP_FILTER_FLAG_NEW_LISTENER },
	{ "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV },
	{ NULL, 0 },
};

void words_add(struct arena *arena, struct words *words, const char *word)
{
	*(const char **) arena_push(arena, &words->list, words->n, sizeof *words->list) = word;
	words->n++;
}

const char *words_join(struct arena *arena, const struct words *words, const char *between)
{
	size_t room = 1;
	char *s, *end;

	for (size_t i = 0; i < words->n; i++)
		room += strlen(words->list[i]) + strlen(between);
	s = end = arena_alloc(arena, room);
	for (size_t i = 0; i < words->n; i++)
		end = stpcpy(i ? stpcpy(end, between) : end, words->list[i]);
	return s;
}

static struct words flag_words(struct arena *arena, const struct name_value *table, uint64_t flags)
{
	struct words words = { 0 };

	for (; table->name; table++)
		if (flags & table->value)
			words_add(arena, &words, table->name);
	return words;
}

const char *action_name(enum step_action action)
{
	return action_names[action];
}

static void add_attributes(struct arena *arena, struct words *words, uint64_t set, uint64_t clear, bool tree)
{
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++)
		if ((set | clear) & attributes[i].flag)
			words_add(arena, words,
				  (set & attributes[i].flag ? attributes[i].set : attributes[i].clear) + !tree);
	if ((set | clear) & MOUNT_ATTR__ATIME) {
		uint64_t atime = set & MOUNT_ATTR__ATIME;
		words_add(arena, words, (atime == MOUNT_ATTR_NOATIME ? "rnoatime"
				       : atime == MOUNT_ATTR_STRICTATIME ? "rstrictatime" : "rrelatime") + !tree);
	}
}

struct words attribute_words(struct arena *arena, const struct step *step)
{
	struct words words = { 0 };

	add_attributes(arena, &words, step->set_all, step->clear_all, true);
	add_attributes(arena, &words, step->set, step->clear, false);
	return words;
}

struct words super_words(struct arena *arena, const struct step *step)
{
	return flag_words(arena, supers, step->super);
}

const char *propagation_name(uint64_t propagation)
{
	const struct name_value *row = value_find(propagations, propagation);

	return row ? row->name : NULL;
}

struct words propagation_words(struct arena *arena, const struct step *step)
{
	struct words words = { 0 };

	for (unsigned i = 0; i < step->n_propagation; i++)
		words_add(arena, &words, propagation_name(step->propagation[i]));
	return words;
}

struct words new_namespaces(struct arena *arena, const struct namespace_plan *plan)
{
	struct words words = { 0 };

	for (unsigned i = 0; i < N_NAMESPACES; i++)
		if (namespace_is_own(plan, namespace_kinds[i].flag) && !namespace_joined(plan, namespace_kinds[i].flag))
			words_add(arena, &words, namespace_kinds[i].name);
	return words;
}

struct words host_namespaces(struct arena *arena, const struct namespace_plan *plan)
{
	struct words words = { 0 };

	for (unsigned i = 0; i < N_NAMESPACES; i++)
		if (!namespace_is_own(plan, namespace_kinds[i].flag))
			words_add(arena, &words, namespace_kinds[i].name);
	return words;
}

struct words capability_words(struct arena *arena, uint64_t set)
{
	struct words words = { 0 };

	for (const struct name_value *row = capability_names; row->name; row++)
		if (set >> row->value & 1)
			words_add(arena, &words, row->name);
	return words;
}

struct words seccomp_flag_words(struct arena *arena, unsigned flags)
{
	return flag_words(arena, seccomp_flags, flags);
}

char device_letter(mode_t mode)
{
	return S_ISBLK(mode) ? 'b' : S_ISFIFO(mode) ? 'p' : 'c';
}
