/*
 * bus-uid.h - who we say we are on a bus
 *
 * The first word on a connection is "I am user N", and the other side compares
 * N with what the kernel says.  In a user namespace the two differ, and libdbus
 * knows only geteuid(): so for the time of a connection geteuid() tells what
 * the other side will see.
 */
#pragma once
#include <sys/types.h>

/* From now on geteuid(2) tells UID; (uid_t) -1: the truth. */
void bus_claim_uid(uid_t uid);

/* Our uid as the user's systemd sees it, which runs one user namespace further out. */
uid_t bus_uid_outside(void);
