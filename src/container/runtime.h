/*
 * runtime.h - the runtime's side of a launch: create init and answer it
 */
#pragma once
#include <stdbool.h>

struct oci_config;
struct error;
struct launch;
struct process_plan;

/* Create init in its namespaces and its cgroup, through a middle process where the kernel demands one. */
int runtime_clone(struct launch *launch, struct error *err);

/* Answer init until it is READY. */
int runtime_serve(struct launch *launch, struct error *err);

/* Do what is due once launch->pid is in its namespaces and has no children: join its resctrl group, move in the
 * config's network devices and note their new names. */
int runtime_settle(struct launch *launch, struct error *err);

/* Run the prestart and createRuntime hooks, if any; poststop must then follow a failure. */
int runtime_hooks(struct launch *launch, struct error *err);

/* Record the container, tell whoever wants to know, and let init go on; with launch->run, until its program runs. */
int runtime_hand_over(struct launch *launch, struct error *err);

/* Take the MASTER end of a new terminal: send it to CONSOLE_SOCKET with the terminal's name, as conmon and containerd
 * expect; or, if that is NULL, keep a copy in *KEEP, with the size of our terminal unless PROCESS gives one. */
int runtime_take_terminal(const char *console_socket, const struct process_plan *process, int master, int *keep,
			  struct error *err);

/* Refuse a TERMINAL whose master end nobody would receive, and a CONSOLE_SOCKET (NULL: none) without a terminal.
 * DETACHED: we shall not stay to hold it. */
int runtime_check_terminal(bool terminal, bool detached, const char *console_socket, struct error *err);

/* Refuse PATH (--pidfd-socket) if the kernel has no pidfds to send. */
int runtime_check_pidfd_socket(const char *path, struct error *err);

/* Send PIDFD to the socket at PATH; WHAT is "standard" for init and "setns" for exec. */
int runtime_send_pidfd(const char *path, int pidfd, const char *what, struct error *err);

/* The socket that CONFIG's annotation run.oci.pidfd_receiver (crun's) names, or NULL. */
const char *runtime_pidfd_receiver(const struct oci_config *config);

/* Send init's pidfd to both: --pidfd-socket and that receiver. */
int runtime_tell_pidfd(const struct launch *launch, struct error *err);

/* Write PID to PATH, without a newline, so that no reader ever sees part of it. */
int runtime_pid_file(const char *path, int pid, struct error *err);
