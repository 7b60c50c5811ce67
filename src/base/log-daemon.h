/*
 * log-daemon.h - a log line as the machine's log daemons want it: one datagram each
 */
#pragma once
#include "base/log.h"
#include "base/text.h"

/* Add the datagram that tells DAEMON of MESSAGE under the name IDENTIFIER to T.  NUMBER is the errno behind it, or 0;
 * only the journal has a place for it. */
void log_daemon_print(struct text *t, enum log_daemon daemon, const char *identifier, enum log_level level,
		      const char *message, int number);
