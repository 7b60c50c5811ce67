/*
 * bpf.h - device programs of cgroup2 (BPF_PROG_TYPE_CGROUP_DEVICE, 4.15)
 *
 * A program is attached to a cgroup and lives as long as the cgroup.  The
 * kernel asks it, and those of all parents, whenever a device node is opened
 * or made: all of them have to allow it.
 */
#pragma once
#include <linux/bpf.h>
#include <stddef.h>

struct error;

/* Load N instructions under NAME (at most 15 characters).  The caller owns the descriptor. */
int bpf_load_device(const char *name, const struct bpf_insn *code, size_t n, struct error *err);

/* Attach PROGRAM to the folder CGROUP, beside what is attached there already (BPF_F_ALLOW_MULTI); or, where OLD is not
 * -1, in place of OLD in one step (BPF_F_REPLACE, 5.6; before that in two, the first of which only restricts). */
int bpf_attach_device(int cgroup, int program, int old, struct error *err);

/* A descriptor of the program called NAME that is attached to CGROUP itself; -1 if there is none or we may not ask. */
int bpf_find_device(int cgroup, const char *name);
