/* log.c - see log.h */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log-daemon.h"
#include "base/log.h"
#include "base/text.h"

#define MAX_WARNINGS 16

static struct {
	int fd;			/* -1: standard error */
	enum log_daemon daemon;	/* who reads FD */
	const char *identifier;
	bool json, level_set;
	enum log_level level;
	char *warnings[MAX_WARNINGS];
	unsigned n_warnings;
	void (*sink)(void *context, int level, const char *text);
	void *context;
} to = { .fd = -1, .level = LEVEL_WARNING };

static const char *const level_names[] = { "error", "warning", "debug" };

int log_open(const char *path, bool json, bool set_level, enum log_level level, struct error *err)
{
	to.json = json;
	to.level_set = set_level;
	to.level = set_level ? level : json ? LEVEL_ERROR : LEVEL_WARNING;
	if (!path || !*path)
		return 0;
	to.fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0644);
	if (to.fd < 0)
		return fail(err, errno, "open the log %s", path);
	return 0;
}

void log_to_daemon(enum log_daemon daemon, int sock, const char *identifier)
{
	to.daemon = daemon;
	to.fd = sock;
	to.identifier = identifier;
}

/* RFC 3339, in UTC, as every reader of these logs expects. */
static void add_time(struct text *t)
{
	struct timespec now;
	char s[CLOCK_TEXT];

	clock_gettime(CLOCK_REALTIME, &now);
	clock_print(&now, 6, s);
	text_addf(t, "\"%s\"", s);
}

static void put(int fd, const struct text *t)
{
	/* One write: lines of two processes must not mix, and conmon reads once. */
	while (write(fd, t->s, t->n) < 0 && errno == EINTR)
		;
}

static void put_to_daemon(enum log_level level, const char *message, int number)
{
	auto_text t = { 0 };

	log_daemon_print(&t, to.daemon, to.identifier, level, message, number);
	put(to.fd, &t);
}

static void add_line(struct text *t, enum log_level level, const char *message, const struct error *err)
{
	if (!to.json) {
		text_add(t, "time=");
		add_time(t);
		text_addf(t, " level=%s msg=", level_names[level]);
		text_add_json(t, message);
		text_add(t, "\n");
		return;
	}
	text_addf(t, "{\"level\":\"%s\",\"msg\":", level_names[level]);
	text_add_json(t, message);
	text_add(t, ",\"time\":");
	add_time(t);
	if (err) {
		text_addf(t, ",\"code\":\"%s\"", error_code_name(err->code));
		if (err->number)
			text_addf(t, ",\"errno\":%d", err->number);
		if (err->pointer[0]) {
			text_add(t, ",\"pointer\":");
			text_add_json(t, err->pointer);
		}
		if (err->line)
			text_addf(t, ",\"line\":%u,\"column\":%u", err->line, err->column);
	}
}

void log_line(enum log_level level, const char *text)
{
	auto_text t = { 0 };

	if (to.sink) {
		to.sink(to.context, level, text);
		return;
	}
	if (level > to.level) {
		if (level == LEVEL_WARNING && to.n_warnings < MAX_WARNINGS)
			to.warnings[to.n_warnings++] = xstrdup(text);
		return;
	}
	if (to.daemon) {
		put_to_daemon(level, text, 0);
		return;
	}
	add_line(&t, level, text, NULL);
	if (to.json)
		text_add(&t, "}\n");
	put(to.fd >= 0 ? to.fd : STDERR_FILENO, &t);
}

static void log_va(enum log_level level, const char *fmt, va_list ap)
{
	char message[1024];

	vsnprintf(message, sizeof message, fmt, ap);
	log_line(level, message);
}

void log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_va(LEVEL_WARNING, fmt, ap);
	va_end(ap);
}

bool log_is_debug(void)
{
	return to.level >= LEVEL_DEBUG;
}

void log_debug(const char *fmt, ...)
{
	va_list ap;

	if (!log_is_debug())
		return;
	va_start(ap, fmt);
	log_va(LEVEL_DEBUG, fmt, ap);
	va_end(ap);
}

static void add_list(struct text *t, const char *key, const char *const *lines, unsigned n)
{
	if (!n)
		return;
	text_addf(t, ",\"%s\":[", key);
	for (unsigned i = 0; i < n; i++) {
		text_add(t, i ? "," : "");
		text_add_json(t, lines[i]);
	}
	text_add(t, "]");
}

/* Write a fault and EXTRA further ones to a log that is a file. */
static void put_to_file(int fd, const struct error *err, const char *message, const char *const *extra,
			unsigned n_extra)
{
	auto_text line = { 0 };

	add_line(&line, LEVEL_ERROR, message, err);
	if (to.json) {
		add_list(&line, "more", extra, n_extra);
		add_list(&line, "warnings", (const char *const *) to.warnings, to.n_warnings);
		text_add(&line, "}\n");
	} else {
		for (unsigned i = 0; i < n_extra; i++)
			add_line(&line, LEVEL_ERROR, extra[i], err);
	}
	put(fd, &line);
}

/* What people (and conmon) read, wherever the log goes: PREFIX, MESSAGE, EXTRA. */
static void put_to_people(const char *prefix, const char *message, const char *const *extra, unsigned n_extra)
{
	auto_text plain = { 0 };

	text_add(&plain, prefix);
	text_add_visible(&plain, message);
	text_add(&plain, "\n");
	for (unsigned i = 0; i < n_extra; i++) {
		text_add_visible(&plain, extra[i]);
		text_add(&plain, "\n");
	}
	put(STDERR_FILENO, &plain);
}

void log_error(const struct error *err, const char *const *extra, unsigned n_extra)
{
	char message[sizeof err->message + sizeof err->pointer + sizeof err->file + 32];
	/* Where no log says "error", this line does; a place in a file says it, too. */
	const char *prefix = to.daemon || to.fd >= 0 || err->file[0] ? "" : "error: ";

	error_print(err, message, sizeof message);
	if (to.daemon) {
		put_to_daemon(LEVEL_ERROR, message, err->number);
		for (unsigned i = 0; i < n_extra; i++)
			put_to_daemon(LEVEL_ERROR, extra[i], 0);
	} else if (to.fd >= 0) {
		put_to_file(to.fd, err, message, extra, n_extra);
	} else if (to.json) {
		put_to_file(STDERR_FILENO, err, message, extra, n_extra);
		return;
	}
	put_to_people(prefix, message, extra, n_extra);
}

void log_redirect(void (*sink)(void *context, int level, const char *text), void *context)
{
	to.sink = sink;
	to.context = context;
}
