/*
 * log.h - what the user and the clients read
 *
 * One error is one line: text (`time="..." level=error msg="..."`) or one JSON
 * object with `level`, `msg`, `time` and, beyond what clients parse, `code`,
 * `pointer`, `line`, `column`, `errno`.
 *
 * podman reads the whole JSON log as one object, so in JSON a warning is not
 * a line of its own: it is kept and goes into the error object as "warnings",
 * unless --debug or --log-level asks for it.
 */
#pragma once
#include <stdbool.h>

#include "base/error.h"

enum log_level { LEVEL_ERROR, LEVEL_WARNING, LEVEL_DEBUG };

/* Choose where log lines go (PATH, appended to; NULL: standard error), whether as JSON or text, and
 * how many.  SET_LEVEL is false if the user asked for no level. */
int log_open(const char *path, bool json, bool set_level, enum log_level level, struct error *err);

/* Who can keep the log instead of a file: systemd's journal, or syslog.  LOG_FILE: neither. */
enum log_daemon { LOG_FILE, LOG_JOURNAL, LOG_SYSLOG };

/* From now on lines go to DAEMON, under the name IDENTIFIER (which must stay valid).  SOCK, a datagram socket connected
 * to the daemon, belongs to the log from here on. */
void log_to_daemon(enum log_daemon daemon, int sock, const char *identifier);

void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* True if log_debug() says anything: for what costs something to find out. */
bool log_is_debug(void);
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Write ERR to the log and, if the log is not standard error, its plain message there too.
 * EXTRA, of N_EXTRA lines, are further faults of the same config, each already "file:line:column: ...". */
void log_error(const struct error *err, const char *const *extra, unsigned n_extra);

/* From now on warnings and debug lines go to SINK: the container's first process has no log of its
 * own and sends them to the runtime.  NULL undoes it. */
void log_redirect(void (*sink)(void *context, int level, const char *text), void *context);

/* A line that came from there. */
void log_line(enum log_level level, const char *text);
