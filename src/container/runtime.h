/*
 * runtime.h - the runtime's side of a launch: giving birth to init and answering it
 */
#pragma once

struct error;
struct launch;

/* Make init, in its namespaces and its cgroup; through a middle process where the kernel demands one. */
int runtime_clone(struct launch *launch, struct error *err);

/* Answer init until it is READY. */
int runtime_serve(struct launch *launch, struct error *err);

/* Put the container on record, tell whoever wants to know, and let init go on.  With launch->run until its program runs. */
int runtime_hand_over(struct launch *launch, struct error *err);

/* Send MASTER to the console socket at PATH with the terminal's name, as conmon and containerd expect it. */
int runtime_send_console(const char *path, int master, struct error *err);

/* Send PIDFD to the socket at PATH; WHAT is "standard" for init and "setns" for exec. */
int runtime_send_pidfd(const char *path, int pidfd, const char *what, struct error *err);

/* Write PID, without a newline, so that a reader sees it whole. */
int runtime_pid_file(const char *path, int pid, struct error *err);
