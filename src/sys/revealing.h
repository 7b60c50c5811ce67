/*
 * revealing.h - why a user namespace gets no new procfs or sysfs
 *
 * The kernel refuses one that would show more than those already mounted, or
 * a user could look behind the masks of the container he is in
 * (mount_too_revealing() in fs/namespace.c).  It says only EPERM; this says
 * which mounts are in the way.
 */
#pragma once

struct mountinfo;
struct text;

/* Add to WHY, as part of a sentence, which of MOUNTS are in the way of a new TYPE ("proc", "sysfs"); nothing if none
 * is. */
void revealing_explain(const struct mountinfo *mounts, const char *type, struct text *why);
