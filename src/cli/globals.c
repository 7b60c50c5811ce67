/* globals.c - the options before the command */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "cli/cli.h"
#include "sys/host.h"
#include "sys/path.h"
#include "sys/socket.h"

#define DEFAULT_ROOT "/run/" PROGRAM

const struct option global_options[] = {
	{  0,  "root",           TEXT(globals, root),             "DIR",
	   "where container state is kept (default: " DEFAULT_ROOT ", or " PROGRAM
	   " below $XDG_RUNTIME_DIR if not root)" },
	{  0,  "log",            TEXT(globals, log),              "FILE",
	   "append log lines to FILE, or send them to journald:NAME or syslog:NAME (default: standard error)" },
	{  0,  "log-format",     CHOICE(globals, log_format),     "text|json", "format of log lines (default: text)" },
	{  0,  "log-level",      CHOICE(globals, log_level),      "error|warning|debug",
	   "how much to log (default: warning)" },
	{  0,  "debug",          FLAG(globals, debug),            NULL, "the same as --log-level debug" },
	{  0,  "systemd-cgroup", FLAG(globals, systemd_cgroup),   NULL,
	   "let systemd make the cgroups; cgroupsPath is then slice:prefix:name" },
	{  0,  "cgroup-manager", CHOICE(globals, cgroup_manager), "cgroupfs|systemd|disabled",
	   "who makes the cgroups (default: cgroupfs)" },
	{  0,  "rootless",       TEXT(globals, rootless),         "true|false|auto",
	   "accepted for compatibility; missing privileges are detected" },
	{  0,  "criu",           TEXT(globals, criu),             "FILE",
	   "the CRIU program that checkpoint and restore use (default: criu in $PATH)" },
	{ 'v', "version",        FLAG(globals, version),          NULL, "print the version and exit" },
	{ 'V', "Version",        FLAG(globals, version),          NULL, NULL },	/* crun's letter */
	{ .kind = OPTION_END }
};

/* crun's BACKEND:IDENTIFIER. */
static const struct daemon {
	const char *prefix, *socket;
	enum log_daemon daemon;
} daemons[] = {
	{ "journald:", "/run/systemd/journal/socket", LOG_JOURNAL },
	{ "syslog:",   "/dev/log",                    LOG_SYSLOG },
};

static int open_daemon(const struct daemon *d, const char *identifier, struct error *err)
{
	/* A daemon that has stopped reading delays us no longer than this. */
	struct timeval patience = { .tv_sec = 1 };
	int sock = socket_connect(AT_FDCWD, d->socket, SOCK_DGRAM, err);

	if (sock < 0)
		return wrap(err, "open the log %s%s", d->prefix, identifier);
	setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	log_to_daemon(d->daemon, sock, *identifier ? identifier : PROGRAM);
	return 0;
}

int globals_open_log(const struct globals *globals, struct error *err)
{
	const char *path = globals->log, *level = globals->log_level;
	bool json = globals->log_format && !strcmp(globals->log_format, "json");
	bool level_set = level || globals->debug;
	enum log_level value = LEVEL_DEBUG;

	if (level && !globals->debug)
		value = !strcmp(level, "error") ? LEVEL_ERROR : !strcmp(level, "warning") ? LEVEL_WARNING : LEVEL_DEBUG;
	for (size_t i = 0; path && i < ARRAY_SIZE(daemons); i++) {
		size_t n = strlen(daemons[i].prefix);
		if (strncmp(path, daemons[i].prefix, n))
			continue;
		/* Daemons get no JSON, so lines need not be held back for one object. */
		log_open(NULL, false, level_set, value, err);
		return open_daemon(&daemons[i], path + n, err);
	}
	if (path && !strncmp(path, "file:", 5))
		path += 5;
	return log_open(path, json, level_set, value, err);
}

/* Like runc: root of a user namespace is still some ordinary user outside, unless $USER says root.  conmon sets no
 * USER. */
static bool wants_private_root(void)
{
	const char *user = getenv("USER");

	if (geteuid() != 0)
		return true;
	return (!user || strcmp(user, "root")) && !host_in_initial_userns();
}

static int settle_root(struct globals *g, struct error *err)
{
	const char *runtime_dir = getenv("XDG_RUNTIME_DIR");
	char here[PATH_MAX];

	g->root_given = g->root != NULL;
	if (!g->root && runtime_dir && *runtime_dir && wants_private_root()) {
		g->root_private = true;
		g->root = g->root_owned = xasprintf("%s/" PROGRAM, runtime_dir);
	}
	if (!g->root)
		g->root = DEFAULT_ROOT;
	if (g->root_given || g->root_private) {
		const char *slash = g->root[0] == '/' ? "" : "/";
		if (*slash && !getcwd(here, sizeof here))
			return fail(err, errno, "find the current directory for --root %s", g->root);
		auto_free char *whole = xasprintf("%s%s%s", *slash ? here : "", slash, g->root);
		char *clean = xmalloc(strlen(whole) + 2);
		path_clean(whole, clean);
		free(g->root_owned);
		g->root = g->root_owned = clean;
	}
	if (!strcmp(g->root, "/"))
		return fail_code(err, ERROR_USAGE, "Option --root argument should not be set to /");
	return 0;
}

int globals_settle(struct globals *g, struct error *err)
{
	bool ignored;

	if (g->rootless && strcmp(g->rootless, "auto") && !option_bool(g->rootless, &ignored))
		return fail_code(err, ERROR_USAGE, "invalid rootless: %s (one of true|false|auto)", g->rootless);
	if (g->cgroup_manager) {
		/* The more specific option wins: callers add --systemd-cgroup by rote. */
		g->systemd_cgroup = !strcmp(g->cgroup_manager, "systemd");
		g->cgroup_disabled = !strcmp(g->cgroup_manager, "disabled");
	}
	return settle_root(g, err);
}

int globals_prepare_root(const struct globals *g, struct error *err)
{
	if (!g->root_private)
		return 0;
	/* The sticky bit keeps cleaners of temporary files away (XDG base directory specification). */
	if (mkdir(g->root, 0700) == 0 && chmod(g->root, 01700) < 0)
		return fail(err, errno, "set the sticky bit of %s", g->root);
	return 0;
}

void globals_free(struct globals *g)
{
	free(g->root_owned);
	g->root_owned = NULL;
}
