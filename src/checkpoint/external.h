/*
 * external.h - the parts of a container that CRIU cannot save, because they belong to others
 *
 * A bind mount shows a folder of the host, /dev/null covers /proc/keys, the standard output
 * is a pipe of the caller, the network namespace is a pod's.  CRIU only notes a name for
 * each in its images, and at restore has to be told what that name stands for.  Names are
 * runc's where runc has one: the mount's destination, "pipe:[INODE]", "extRootNetNS".
 */
#pragma once
#include "criu/rpc.h"
#include "plan/plan.h"

struct arena;
struct error;
struct text;

/* ---- for a checkpoint: looking at the container ------------------------------ */

/* Find the mounts of process PID that are not the container's own.  Adds pairs (mount point, name) to MOUNTS and, for
 * those that came with a recursive bind mount, their names to BELOW (char *).  What CRIU will not be able to save goes
 * to COMPLAINTS, one line each.  All strings live in ARENA. */
int external_mounts(const struct plan *plan, int pid, struct arena *arena, struct wire_list *mounts,
		    struct wire_list *below, struct text *complaints, struct error *err);

/* Find what the images will call the N DESCRIPTORS that process PID got from its caller, as far as it still has them: N
 * strings in INHERIT, "" for none.  What CRIU has to be told for that is added to EXTERNAL.  SHELL_JOB: terminals are
 * left to CRIU. */
int external_descriptors(int pid, char **descriptors, size_t n, bool shell_job, struct arena *arena, char **inherit,
			 struct wire_list *external, struct error *err);

/* Add to EXTERNAL the namespaces of process PID that the container was told to join: "net[INODE]:extRootNetNS". */
int external_namespaces(const struct namespace_plan *ns, int pid, struct arena *arena, struct wire_list *external,
			struct error *err);

/* The name in the images of the joined namespace FLAG, or NULL if CRIU has to be told in another way (join_ns). */
const char *external_namespace_name(int flag);

/* ---- both ------------------------------------------------------------------- */

/* PATH as written in the images: without doubled slashes. */
char *external_name(struct arena *arena, const char *path);
