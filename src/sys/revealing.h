/*
 * revealing.h - why a user namespace gets no new procfs or sysfs
 *
 * The kernel refuses one that would show more than those that are mounted
 * already: otherwise a user could look behind the masks of the container he is
 * in (mount_too_revealing() in fs/namespace.c).  It says EPERM and no more;
 * this says which mounts are in the way.
 */
#pragma once

struct mountinfo;
struct text;

/* Add to WHY, as a part of a sentence, what is in the way of a new TYPE ("proc", "sysfs") where MOUNTS are; nothing if
 * none of them is. */
void revealing_explain(const struct mountinfo *mounts, const char *type, struct text *why);
