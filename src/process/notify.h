/*
 * notify.h - pass on sd_notify(3) messages of the container's process
 *
 * notify/ in the state folder is bound to /run/notify in the container, whose
 * NOTIFY_SOCKET is /run/notify/notify.sock.  `run` and `start` listen there,
 * and tell our own NOTIFY_SOCKET that the container is ready, with its pid as
 * the host sees it.
 */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

struct error;

#define NOTIFY_FOLDER "notify"
#define NOTIFY_CONTAINER_SOCKET "/run/notify/notify.sock"

/* True if the caller wants to be notified. */
bool notify_wanted(void);

/* Make the folder of the socket in the state folder. */
int notify_prepare(int folder, struct error *err);

/* Listen on a socket that any user may write to: the container's process may be anyone. */
int notify_listen(int folder, struct error *err);

/* Read one message.  If it says READY=1, pass that on with MAINPID=PID and return true: nothing more is expected. */
bool notify_forward(int notify, pid_t pid);

/* Wait until that has happened or the process behind PIDFD has ended. */
void notify_wait(int notify, pid_t pid, int pidfd);
