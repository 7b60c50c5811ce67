/*
 * passwd.h - HOME, from the container's /etc/passwd
 *
 * That file belongs to the image and may hold anything.  Only the home is taken from it: never an identity
 * (CVE-2016-3697), and never through NSS (CVE-2019-14271).
 */
#pragma once
#include <sys/types.h>

/* The home of UID in /etc/passwd as seen from here, if that is a regular file of sensible size; "/" if there is none.
 * The caller frees. */
char *passwd_home(uid_t uid);

/* The same from TEXT, the contents of such a file, which is modified; NULL if UID is not in it or has no absolute
 * home.  The result points into TEXT. */
const char *passwd_find_home(char *text, uid_t uid);
