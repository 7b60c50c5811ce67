/*
 * left.h - parents of cgroups that outlive their maker
 *
 * A container for whose cgroup parents had to be made takes them along when it goes, if they are empty.  If another container
 * lives in them by then, only the first one's record tells that they are ours, and that is about to be removed.  So it
 * leaves a note in the state root, and whoever of that root is removed later tries again:
 *
 *	STATE_ROOT/@cgroups/INODE:HIERARCHY	"BOOT-ID 1|0 PATH"; 1: cgroup2
 *
 * (No id has an "@".)  Both do it in such an order that one of two that go at the same time sees the other's work:
 *
 *	the maker:	notes, then tries once more
 *	the other:	removes its own cgroup, then reads the notes
 *
 * The inode tells a folder that somebody else has made by that name since: that is left alone, and the note is void.
 */
#pragma once

struct cgroup;
struct error;

/* cgroup_remove(), and then what CGROUP and others of the state ROOT have left, as far as it is empty now.  A note
 * that cannot be written is logged. */
int left_remove_cgroup(const char *root, struct cgroup *cgroup, struct error *err);
