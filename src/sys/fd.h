/*
 * fd.h - reading, writing and keeping descriptors
 *
 * Every descriptor this program opens is close-on-exec.  Short reads and
 * writes and EINTR are dealt with here and nowhere else.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct error;

/* The whole of FD as text with a '\0' behind it; the caller frees.  More than MAX bytes is an error. */
char *fd_read_all(int fd, size_t max, size_t *n, struct error *err);

/* All N bytes.  NAME is for the message. */
int fd_write_all(int fd, const void *bytes, size_t n, const char *name, struct error *err);

/* Write TEXT in one write(2) to the existing file PATH below DIRFD (for /proc, /sys and cgroup files,
 * where one write is one value). */
int file_put(int dirfd, const char *path, const char *text, struct error *err);

/* The same to an open file; NAME is for the message. */
int fd_put(int fd, const char *text, const char *name, struct error *err);

/* Read a small file below DIRFD (at most 1 MiB) as text; the caller frees.  NULL with ERR. */
char *file_get(int dirfd, const char *path, struct error *err);

/* Is there anything called PATH below DIRFD?  If not, errno says why.  (Not faccessat(3): filters older than
 * faccessat2(2), 5.8, answer EPERM to that, and glibc believes it.) */
bool file_exists(int dirfd, const char *path);

/* May we, with our effective ids, run the file PATH?  If not, errno says why. */
bool file_runs(const char *path);

/* Write a file so that a reader sees all of it or nothing: NAME.tmp below DIRFD, then rename. */
int file_replace(int dirfd, const char *name, const char *text, size_t n, mode_t mode, struct error *err);

/* Make the folder PATH, mode 0700, with its parents (0755); what exists is fine, whatever its mode. */
int folder_make_all(const char *path, struct error *err);

/* Mark all descriptors from FIRST on close-on-exec, or close them (close_range(2), 5.9/5.11; else /proc/self/fd). */
int fd_cloexec_from(int first, struct error *err);
int fd_close_from(int first, struct error *err);

/* "/proc/self/fd/N", where FD is N: for calls that take a path and no descriptor.  Written to NAME, which is returned.
 * Whose procfs that is, is the caller's to know. */
#define FD_NAME 32
const char *fd_name(int fd, char name[FD_NAME]);

/* The path of what FD holds, as that link tells it ("pipe:[123]" for what has none), into PATH of PATH_MAX bytes.
 * False with errno if it cannot be told. */
bool fd_path(int fd, char *path);

/* Open standard input, output and error on /dev/null where they are closed: first thing in main(), or a file
 * opened later would become somebody's standard error. */
void fd_fill_stdio(void);
