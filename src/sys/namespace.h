/*
 * namespace.h - the kernel's eight kinds of namespace
 */
#pragma once
#include <stdbool.h>
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

/* The kind whose flag is FLAG, or NULL. */
const struct namespace_kind *namespace_by_flag(int flag);

/* Open the namespace at PATH and check that it is of the kind FLAG (NS_GET_NSTYPE, 4.11).  The caller owns the
 * descriptor. */
int namespace_open(const char *path, int flag, struct error *err);

/* The same for the namespace that process PID, which the caller knows to live, is in. */
int namespace_open_of(pid_t pid, int flag, struct error *err);

/* True if the open namespace FD is the one of the kind FLAG that process PID is in, or that we are in. */
bool namespace_is_of(pid_t pid, int fd, int flag);
bool namespace_is_ours(int fd, int flag);

/* The kinds (CLONE_NEW*) of namespaces that process PID shares with us. */
int namespaces_shared(pid_t pid);

/* Enter the open namespace FD of the kind FLAG.  It is no error if we are in it already, although the kernel then too
 * asks for rights that nobody in a user namespace has. */
int namespace_enter(int fd, int flag, struct error *err);
