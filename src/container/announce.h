/*
 * announce.h - what a caller asks to be told of a new process: its terminal, its pidfd, its pid
 */
#pragma once
#include <stdbool.h>

struct oci_config;
struct error;
struct launch;
struct process_plan;

/* Take the MASTER end of a new terminal: send it to CONSOLE_SOCKET with the terminal's name, as conmon and containerd
 * expect; or, if that is NULL, keep a copy in *KEEP, with the size of our terminal unless PROCESS gives one. */
int announce_terminal(const char *console_socket, const struct process_plan *process, int master, int *keep,
			  struct error *err);

/* Refuse a TERMINAL whose master end nobody would receive, and a CONSOLE_SOCKET (NULL: none) without a terminal.
 * DETACHED: we shall not stay to hold it. */
int announce_check_terminal(bool terminal, bool detached, const char *console_socket, struct error *err);

/* Refuse PATH (--pidfd-socket) if the kernel has no pidfds to send. */
int announce_check_pidfd_socket(const char *path, struct error *err);

/* Send PIDFD to the socket at PATH; WHAT is "standard" for init and "setns" for exec. */
int announce_pidfd(const char *path, int pidfd, const char *what, struct error *err);

/* The socket that CONFIG's annotation run.oci.pidfd_receiver (crun's) names, or NULL. */
const char *announce_pidfd_receiver(const struct oci_config *config);

/* Send init's pidfd to both: --pidfd-socket and that receiver. */
int announce_pidfd_of_init(const struct launch *launch, struct error *err);

/* Write PID to PATH, without a newline, so that no reader ever sees part of it. */
int announce_pid(const char *path, int pid, struct error *err);
