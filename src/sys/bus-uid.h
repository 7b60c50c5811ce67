/*
 * bus-uid.h - who we say we are on a bus
 *
 * A connection begins with "I am user N", and the other side compares N with
 * what the kernel says.  In a user namespace the two differ, and libdbus knows
 * only geteuid(): so while a connection is made, geteuid() returns what the
 * other side will see.
 */
#pragma once
#include <sys/types.h>

/* From now on geteuid(2) returns UID; with (uid_t) -1, the truth again. */
void bus_claim_uid(uid_t uid);

/* Our uid as the user's systemd sees it, which runs one user namespace further out. */
uid_t bus_uid_outside(void);
