/*
 * listener.h - send a process's seccomp listener to its monitor (seccomp_unotify(2))
 */
#pragma once
#include "container/record.h"
#include "libocispec/ocispec.h"

struct error;

/* Send LISTENER, the notify descriptor of process PID, to the profile's listenerPath with the container process state
 * (config-linux.md, Seccomp, "The container process state"). */
int listener_send(const struct oci_seccomp *profile, const struct record_state *record, enum oci_status status, int pid,
		  int listener, struct error *err);
