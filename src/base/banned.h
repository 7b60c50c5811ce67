/*
 * banned.h - functions that this program does not use; included before every file
 *
 * The first line: no bound on what they write.  The second: in a static glibc
 * they load shared libraries at run time, which after entering a container
 * would be the container's (CVE-2019-14271).
 */
#pragma once
#include <alloca.h>
#include <dlfcn.h>
#include <grp.h>
#include <netdb.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#undef alloca
#pragma GCC poison strcpy strcat sprintf vsprintf strtok gets alloca tmpnam mktemp
#pragma GCC poison getpwnam getpwuid getgrnam getgrgid getgrouplist initgroups getaddrinfo gethostbyname dlopen
