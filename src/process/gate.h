/*
 * gate.h - where a created container waits for `start`
 *
 * Init listens on the socket `start` in the state folder; `start` connects.  The
 * connection tells what a FIFO could not: refused, init is dead or past the gate; an
 * error arrives whole; and its end means that the program runs (the descriptor is
 * close-on-exec).  Of two starts init accepts one; the other sees its connection end
 * before STARTING, or finds nobody listening while init, by its pidfd, is still alive.
 */
#pragma once
#include "process/channel.h"

/* The listening socket, made by the runtime in the state folder and inherited by init. */
int gate_make(int folder, struct error *err);

/* In init: wait for `start`; CHANNEL becomes the connection to it. */
int gate_wait(int gate, struct channel *channel, struct error *err);

/* In start: connect to the gate; CHANNEL becomes the connection.  INIT: init's pidfd.  -1 with ERROR_STATE if the
 * container was already started or has ended; any other error says nothing about it, and it stays as it was. */
int gate_connect(int folder, int init, struct channel *channel, struct error *err);

/* Open the gate, wait until the program runs, and close CHANNEL.  -1 with init's own error, or with ERROR_STATE if the
 * container was already started or has ended.  A seccomp listener that init sends goes to ON_LISTENER, with CONTEXT;
 * the gate keeps ownership of the descriptor. */
int gate_open(struct channel *channel, int (*on_listener)(void *context, int listener, struct error *err),
	      void *context, struct error *err);
