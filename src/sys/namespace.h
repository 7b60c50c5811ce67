/*
 * namespace.h - the kernel's eight kinds of namespace
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct error;

struct namespace_kind {
	const char *name;	/* the spec's: "network" */
	const char *proc;	/* file in /proc/PID/ns: "net" */
	int flag;		/* CLONE_NEWNET */
};

#define N_NAMESPACES 8
/* In the order of enum oci_namespace_type, less one. */
extern const struct namespace_kind namespace_kinds[N_NAMESPACES];

const struct namespace_kind *namespace_by_flag(int flag);

/* Open the namespace at PATH and check that it is of the kind FLAG (NS_GET_NSTYPE, 4.11). */
int namespace_open(const char *path, int flag, struct error *err);

/* Is the open namespace FD the one of the kind FLAG that we are in? */
bool namespace_is_ours(int fd, int flag);

/* Those of all kinds (CLONE_NEW*) that we are in as well as process PID. */
int namespaces_shared(pid_t pid);

/* Enter it.  To stay in the one we are in is no error, though the kernel wants rights for it that nobody has in a user
 * namespace. */
int namespace_enter(int fd, int flag, struct error *err);
