/*
 * error.h - what went wrong, as a value
 *
 * One struct error lives in main() and is passed down to everything that can
 * fail.  It holds no pointers, so it needs no memory and crosses the channel
 * between two processes as it is.
 *
 * fail() is called where the cause is, wrap() where a reader needs to know
 * what we were doing.  All of them return -1, so that `return fail(...)` is
 * the whole story.  Nothing below src/cli logs an error or exits because of one.
 */
#pragma once
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* What kind of fault it is; the name is printed as "code" in the JSON log and
 * never changes its meaning. */
#define ERROR_CODES(E) \
	E(SYSTEM,      "system")	/* a system call was refused */ \
	E(CONFIG,      "config")	/* config.json or a process file is wrong */ \
	E(USAGE,       "usage")		/* the command line is wrong */ \
	E(NOT_FOUND,   "not-found")	/* no such container */ \
	E(EXISTS,      "exists")	/* the id is taken */ \
	E(STATE,       "state")		/* the container is in another state */ \
	E(EXEC,        "exec")		/* the program cannot be started */ \
	E(HOOK,        "hook")		/* a hook failed */ \
	E(TIMEOUT,     "timeout")	/* something took too long */ \
	E(UNSUPPORTED, "unsupported")	/* this kernel or build cannot do it */ \
	E(PROTOCOL,    "protocol")	/* the other process ended or broke the order */ \
	E(INTERRUPTED, "interrupted")	/* we gave up because of a signal */

enum error_code {
#define E(name, text) ERROR_##name,
	ERROR_CODES(E)
#undef E
};

struct error {
	int number;		/* an errno value, 0 when no call failed */
	int code;		/* enum error_code */
	unsigned line, column;	/* the place in FILE, 0 when there is none */
	char file[64];		/* "config.json", the process file's name, or "" */
	char pointer[256];	/* the same place as a JSON pointer, or "" */
	char message[768];	/* outermost context first, joined by ": " */
};

/* A call was refused: NUMBER is its errno, whose text is added to the message
 * (": no such file or directory"); 0 adds nothing. */
int fail(struct error *err, int number, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The same for a fault that is not a refused call. */
int fail_code(struct error *err, enum error_code code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* At POINTER the config asks for something impossible: code ERROR_CONFIG. */
int fail_at(struct error *err, const char *pointer, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Put "context: " before the message. */
int wrap(struct error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Say which part of the config asked for the step that failed; keeps a pointer that is already there. */
int blame(struct error *err, const char *pointer);

/* The text of an errno value as clients of a runtime know it: strerror(3) with a lower-case first
 * letter ("no such file or directory"), which dockerd and podman match case-sensitively. */
const char *errno_text(int number);

/* The printed name of a code. */
const char *error_code_name(int code);

/* "config.json:3:7: /process/cwd: Cwd must be ...", or just the message, into OUT of SIZE bytes. */
void error_print(const struct error *err, char *out, size_t size);
