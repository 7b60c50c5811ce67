/*
 * log-daemon.h - a log line as the machine's log daemons want it: one datagram each
 */
#pragma once
#include "base/log.h"
#include "base/text.h"

/* Add to T the datagram that gives MESSAGE to DAEMON under the name IDENTIFIER.  NUMBER is the errno behind it, or 0;
 * only the journal has a field for it. */
void log_daemon_print(struct text *t, enum log_daemon daemon, const char *identifier, enum log_level level,
		      const char *message, int number);
