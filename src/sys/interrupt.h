/*
 * interrupt.h - giving up at a signal, and leaving nothing behind
 *
 * HUP, INT, QUIT and TERM end a process wherever it is, which is right as long as it has made nothing that would stay.
 * After interrupt_catch() they are noticed where we wait for others, and there alone: that wait fails, as if what is
 * waited for had, and the failure is undone as any other.
 *
 * Who waits polls interrupt_fd() as well, or asks interrupt_check().
 */
#pragma once
struct error;

/* From here on those of them that our caller does not ignore (nohup(1), a shell's background job) are blocked and can
 * be polled for.  Not so in our children. */
int interrupt_catch(struct error *err);

/* POLLIN when one has come.  -1, which poll(2) passes over, if they end us as ever. */
int interrupt_fd(void);

/* Take one: -1 with ERR (ERROR_INTERRUPTED) if it has come, else 0. */
int interrupt_check(struct error *err);

/* The last that was taken, or 0. */
int interrupt_signal(void);

/* In a child of ours, whose signals are its own affair: close what interrupt_catch() opened. */
void interrupt_forget(void);
