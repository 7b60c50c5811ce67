/* log-daemon.c - see log-daemon.h */
#include <endian.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/log-daemon.h"

/* syslog(3)'s numbers; both daemons use them. */
static const int priorities[] = { [LEVEL_ERROR] = 3, [LEVEL_WARNING] = 4, [LEVEL_DEBUG] = 7 };

#define FACILITY_USER (1 << 3)

/* systemd's native journal protocol: KEY=VALUE lines, or for a value of several lines the key alone, its length in 64
 * bits, little-endian, then the bytes. */
static void add_field(struct text *t, const char *key, const char *value)
{
	uint64_t size = htole64(strlen(value));

	text_add(t, key);
	if (strchr(value, '\n')) {
		text_add(t, "\n");
		text_add_bytes(t, &size, sizeof size);
	} else {
		text_add(t, "=");
	}
	text_add(t, value);
	text_add(t, "\n");
}

/* RFC 3164 without the time: the daemon has the same clock, and knows which zone it writes in. */
static void add_syslog(struct text *t, const char *identifier, enum log_level level, const char *message)
{
	text_addf(t, "<%d>%s[%d]: %s", FACILITY_USER | priorities[level], identifier, (int) getpid(), message);
}

void log_daemon_print(struct text *t, enum log_daemon daemon, const char *identifier, enum log_level level,
		      const char *message, int number)
{
	if (daemon == LOG_SYSLOG) {
		add_syslog(t, identifier, level, message);
		return;
	}
	add_field(t, "MESSAGE", message);
	text_addf(t, "PRIORITY=%d\n", priorities[level]);
	add_field(t, "SYSLOG_IDENTIFIER", identifier);
	if (number)
		text_addf(t, "ERRNO=%d\n", number);
}
