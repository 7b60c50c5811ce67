/*
 * banned.h - functions that this program does not use; included before every file
 *
 * The first line: no bound on what they write.  The others: in a static glibc
 * they load shared libraries, locales or converters at run time, or run a
 * shell, and after entering a container these would be the container's
 * (CVE-2019-14271).
 */
#pragma once
#include <alloca.h>
#include <dlfcn.h>
#include <grp.h>
#include <iconv.h>
#include <locale.h>
#include <netdb.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#undef alloca
#undef sprintf	/* macros in glibc when the compiler is clang */
#undef vsprintf
#pragma GCC poison strcpy strcat sprintf vsprintf strtok gets alloca tmpnam mktemp
#pragma GCC poison getpwnam getpwuid getgrnam getgrgid getgrouplist initgroups getaddrinfo gethostbyname dlopen
#pragma GCC poison getpwnam_r getpwuid_r getgrnam_r getgrgid_r getnameinfo getservbyname getprotobyname dlmopen dlsym
#pragma GCC poison setlocale newlocale iconv_open
#ifndef UNIT_TEST	/* unit tests remove their folders with rm */
/* Not dangerous, but they alone add a tenth to the program: base/number.h and base/names.h have what is needed. */
#pragma GCC poison scanf fscanf sscanf vsscanf strcasecmp strncasecmp strcasestr
#pragma GCC poison system popen
#endif
