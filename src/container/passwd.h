/*
 * passwd.h - HOME, from the container's /etc/passwd
 *
 * That file is the image's and may be anything.  Nothing but a home is taken from it: never who somebody is
 * (CVE-2016-3697), never by NSS (CVE-2019-14271).
 */
#pragma once
#include <sys/types.h>

/* The home of UID in /etc/passwd as seen from here, if that is a regular file of sensible size; "/" if it is not there.
 * The caller frees. */
char *passwd_home(uid_t uid);

/* The same from the TEXT of such a file, which is cut up; NULL if UID is not in it, or has no absolute home.  The
 * result lies in TEXT. */
const char *passwd_find_home(char *text, uid_t uid);
