/*
 * interrupt.h - giving up at a signal, and leaving nothing behind
 *
 * HUP, INT, QUIT and TERM end a process wherever it is, which is right as long as it has made nothing that would stay.
 * After interrupt_catch() they are noticed only where we wait for others: the wait fails, as if what we wait for had
 * failed, and everything is undone as after any other failure.
 *
 * Code that waits polls interrupt_fd() as well, or asks interrupt_check().
 */
#pragma once
struct error;

/* From here on these signals, except those that our caller ignores (nohup(1), a shell's background job), are blocked
 * and can be polled for.  This does not hold for our children. */
int interrupt_catch(struct error *err);

/* POLLIN when one has come.  -1, which poll(2) skips, if interrupt_catch() was not called. */
int interrupt_fd(void);

/* Take one: -1 with ERR (ERROR_INTERRUPTED) if it has come, else 0. */
int interrupt_check(struct error *err);

/* The last signal that was taken, or 0. */
int interrupt_signal(void);

/* In a child of ours, which handles its own signals: close what interrupt_catch() opened. */
void interrupt_forget(void);
