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

/* All that FD holds, as text followed by a '\0'; the caller frees.  More than MAX bytes is an error. */
char *fd_read_all(int fd, size_t max, size_t *n, struct error *err);

/* Write all N bytes.  NAME is for the message. */
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

/* Write the file NAME below DIRFD so that a reader sees all of it or nothing: it gets the name when it is complete.  A
 * killed writer leaves nothing where there was no NAME, else at most a file ".ctr-run-..." beside it. */
int file_replace(int dirfd, const char *name, const char *text, size_t n, mode_t mode, struct error *err);

/* Make the folder PATH, mode 0700, with its parents (0755); folders that exist are fine, whatever their mode. */
int folder_make_all(const char *path, struct error *err);

/* Mark all descriptors from FIRST on close-on-exec, or close them (close_range(2), 5.9/5.11; else /proc/self/fd). */
int fd_cloexec_from(int first, struct error *err);
int fd_close_from(int first, struct error *err);

/* "/proc/self/fd/N", where N is FD: for calls that take a path and no descriptor.  Written to NAME, which is returned.
 * The caller has to know whose procfs that is. */
#define FD_NAME 32
const char *fd_name(int fd, char name[FD_NAME]);

/* Read that link into PATH (PATH_MAX bytes): the path of what FD holds ("pipe:[123]" for what has none).  False with
 * errno if it cannot be read. */
bool fd_path(int fd, char *path);

/* Open standard input, output and error on /dev/null where they are closed: the first thing in main(), or a file
 * opened later would become somebody's standard error. */
void fd_fill_stdio(void);
