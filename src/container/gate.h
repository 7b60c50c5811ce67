/*
 * gate.h - where a created container waits for `start`
 *
 * Init listens on the socket `start` in the state folder; `start` connects.
 * The connection tells all that a FIFO could not: a refused connection means
 * that init is dead or past the gate, an error comes whole, and the end of the connection
 * (its descriptor is close-on-exec) means that the program runs.  Two starts:
 * init takes one, the other meets the end before STARTING, or finds nobody
 * listening while init (its pidfd tells) is still there.
 */
#pragma once
#include "container/channel.h"

/* The listening socket, made by the runtime in the state folder and inherited by init. */
int gate_make(int folder, struct error *err);

/* In init: wait for `start`; CHANNEL is the connection to it. */
int gate_wait(int gate, struct channel *channel, struct error *err);

/* In start: open the gate and wait until the program runs.  INIT: its pidfd.  -1 with init's own error, or
 * ERROR_STATE: it was started already or has ended.  A seccomp listener that init sends goes to ON_LISTENER, with
 * CONTEXT; the descriptor stays the gate's. */
int gate_open(int folder, int init, int (*on_listener)(void *context, int listener, struct error *err), void *context,
	      struct error *err);
