/*
 * runtime.h - the runtime's side of a launch: giving birth to init and answering it
 */
#pragma once
#include <stdbool.h>

struct oci_config;
struct error;
struct launch;
struct process_plan;

/* Make init, in its namespaces and its cgroup; through a middle process where the kernel demands one. */
int runtime_clone(struct launch *launch, struct error *err);

/* Answer init until it is READY. */
int runtime_serve(struct launch *launch, struct error *err);

/* What is due once launch->pid is in its namespaces and has no children: its group of resctrl, and the network devices
 * of the config, of which the names that they get are noted. */
int runtime_settle(struct launch *launch, struct error *err);

/* The prestart and createRuntime hooks, if there are any: poststop must then follow a failure. */
int runtime_hooks(struct launch *launch, struct error *err);

/* Put the container on record, tell whoever wants to know, and let init go on.  With launch->run until its program
 * runs. */
int runtime_hand_over(struct launch *launch, struct error *err);

/* The master end of a new terminal: send it to CONSOLE_SOCKET with the terminal's name, as conmon and containerd
 * expect it, or (if that is NULL) give it the size of ours unless PROCESS says one, and keep a copy in *KEEP. */
int runtime_take_terminal(const char *console_socket, const struct process_plan *process, int master, int *keep,
			  struct error *err);

/* Refuse a TERMINAL whose master end nobody would get, and a CONSOLE_SOCKET (NULL: none) that would get none.
 * DETACHED: we shall not stay to keep it. */
int runtime_check_terminal(bool terminal, bool detached, const char *console_socket, struct error *err);

/* Refuse PATH (--pidfd-socket) where there are no pidfds to send. */
int runtime_check_pidfd_socket(const char *path, struct error *err);

/* Send PIDFD to the socket at PATH; WHAT is "standard" for init and "setns" for exec. */
int runtime_send_pidfd(const char *path, int pidfd, const char *what, struct error *err);

/* The socket that CONFIG's annotation run.oci.pidfd_receiver (crun's) names, or NULL. */
const char *runtime_pidfd_receiver(const struct oci_config *config);

/* Send init's pidfd to whoever is to get it: --pidfd-socket, and that. */
int runtime_tell_pidfd(const struct launch *launch, struct error *err);

/* Write PID, without a newline, so that a reader sees it whole. */
int runtime_pid_file(const char *path, int pid, struct error *err);
