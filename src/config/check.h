/*
 * check.h - what the checks of the individual sections share
 *
 * A check finds what is wrong with a section on any host; what depends on this
 * host is left to the planner.  It works on a struct that may be incomplete:
 * what is missing or of the wrong kind was reported while reading, so NULL is
 * skipped, and a fault at a value that could not be read is dropped.
 */
#pragma once
#include <stdbool.h>
#include <string.h>

#include "libocispec/json.h"
#include "libocispec/ocispec.h"

struct check {
	const struct oci_config *config;
	struct json_faults *faults;
};

/* Does the container have a namespace of TYPE, new or joined?  Yes, if that list could not be read. */
bool check_has_namespace(const struct check *c, enum oci_namespace_type type);

/* Add a fault, unless the value at POINTER, or one inside or around it, could not be read. */
void check_fault(struct json_faults *faults, const char *pointer, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* A pointer such as AT("/mounts/%zu/options/%zu", i, k), valid until the block ends. */
#define AT(...) check_pointer((char[256]) { 0 }, __VA_ARGS__)
const char *check_pointer(char out[256], const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The same for the value of KEY in a map: a key may contain any character. */
#define AT_KEY(prefix, key) check_pointer_key((char[256]) { 0 }, prefix, key)
const char *check_pointer_key(char out[256], const char *prefix, const char *key);

/* A string for a message: quoted, on one line, cut to a readable length. */
#define QUOTED(s) json_quote((char[64]) { 0 }, 64, s, strlen(s))

/* Check what every absolute path must satisfy; WHAT begins the message. */
void check_path(struct json_faults *faults, const char *pointer, const char *path, const char *what);

/* True for a list such as "0-3,8", of processors or memory nodes.  *ANY (may be NULL): it names at least one. */
bool check_list_of_numbers(const char *list, bool *any);

/* Each of LIST must be one of NAMES (ended by NULL). */
void check_words(struct json_faults *faults, const char *pointer, char *const *list, size_t n,
		 const char *const *names);

/* The entries of an id map: not too many, ids from 0 to 2^32-2, no overlaps. */
void check_mappings(struct json_faults *faults, const char *pointer, const struct oci_id_mapping *map, size_t n);

/* True if two entries have an id in common, on either side. */
bool check_maps_overlap(const struct oci_id_mapping *map, size_t n);

/* NAME=VALUE, of a process or a hook. */
void check_environment(struct json_faults *faults, const char *pointer, char *const *env, size_t n);

void check_hooks(const struct check *c);
void check_namespaces(const struct check *c);
void check_sysctls(const struct check *c);
void check_devices(const struct check *c);
void check_net_devices(const struct check *c);
void check_seccomp(const struct check *c);
void check_memory_policy(const struct check *c);
void check_intel_rdt(const struct check *c);

/* The flags of a memory policy, ended by NULL. */
extern const char *const memory_policy_flags[];
