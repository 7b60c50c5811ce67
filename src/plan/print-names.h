/*
 * print-names.h - words for what a plan holds as numbers
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "plan/plan.h"

struct arena;

/* A list of words in an arena. */
struct words {
	const char **list;
	size_t n;
};

void words_add(struct arena *arena, struct words *words, const char *word);
const char *words_join(struct arena *arena, const struct words *words, const char *between);

/* "bind", "mount", "cgroup" ... */
const char *action_name(enum step_action action);

/* The attributes of STEP's mount as mount options: "ro", "nosuid", "rnoexec", "strictatime". */
struct words attribute_words(struct arena *arena, const struct step *step);

/* The flags of its file system: "ro", "sync". */
struct words super_words(struct arena *arena, const struct step *step);

/* MS_SHARED | MS_REC: "rshared"; NULL for 0. */
const char *propagation_name(uint64_t propagation);
struct words propagation_words(struct arena *arena, const struct step *step);

/* The names of PLAN's namespaces that are made, and of those that stay the host's. */
struct words new_namespaces(struct arena *arena, const struct namespace_plan *plan);
struct words host_namespaces(struct arena *arena, const struct namespace_plan *plan);

struct words capability_words(struct arena *arena, uint64_t set);
struct words seccomp_flag_words(struct arena *arena, unsigned flags);

/* 'c', 'b' or 'p'. */
char device_letter(mode_t mode);
