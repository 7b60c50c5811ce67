/* settings.c - see settings.h */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/names.h"
#include "base/number.h"
#include "checkpoint/checkpoint.h"
#include "checkpoint/images.h"
#include "checkpoint/settings.h"
#include "container/container.h"
#include "criu/dump-log.h"
#include "sys/host.h"

#define LOG_LEVEL 4	/* everything, as in runc: failures can seldom be reproduced */

static const struct name_value cgroup_modes[] = {
	{ "ignore", CRIU_CGROUPS_IGNORE }, { "soft", CRIU_CGROUPS_SOFT }, { "full", CRIU_CGROUPS_FULL },
	{ "strict", CRIU_CGROUPS_STRICT },
	{ NULL, 0 }
};

static const struct name_value network_locks[] = {
	{ "iptables", CRIU_LOCK_IPTABLES }, { "nftables", CRIU_LOCK_NFTABLES }, { "skip", CRIU_LOCK_SKIP }, { NULL, 0 }
};

/* The file whose options override ours in CRIU: the annotation's ("": none), else ctr-run's, runc's or crun's.  The
 * last need not exist. */
static const char *config_file(const struct oci_config *config)
{
	static const char *const files[] = { "/etc/criu/ctr-run.conf", "/etc/criu/runc.conf", "/etc/criu/crun.conf" };
	const char *given = json_map_get(&config->annotations, "org.criu.config");
	size_t i = 0;

	if (given)
		return *given ? given : NULL;
	while (i < ARRAY_SIZE(files) - 1 && access(files[i], F_OK) < 0)
		i++;
	return files[i];
}

static int choose(const char *option, const char *value, const struct name_value *table, int32_t *out,
		  struct error *err)
{
	const struct name_value *row = value ? name_find(table, value) : NULL;

	if (value && !row)
		return fail_code(err, ERROR_USAGE, "Invalid %s value: %s", option, value);
	if (row)
		*out = (int32_t) row->value;
	return 0;
}

int settings_fill(const struct criu_settings *settings, const struct images *images, const struct oci_config *config,
		  struct criu_options *options, struct error *err)
{
	*options = (struct criu_options) {
		.images = images->folder, .work = images->work >= 0 ? images->work : 0, .log_level = LOG_LEVEL,
		.config_file = config_file(config), .notify_scripts = true, .orphan_pts_master = true,
		.manage_cgroups = true, .cgroups = CRIU_CGROUPS_SOFT,
		/* Interfaces and addresses are made again by whoever made them the first time: hooks, or the caller. */
		.empty_ns = CLONE_NEWNET,
		.tcp_established = settings->tcp_established, .ext_unix_sk = settings->ext_unix_sk,
		.shell_job = settings->shell_job,
		.file_locks = settings->file_locks, .link_remap = settings->link_remap,
		.auto_dedup = settings->auto_dedup, .lazy_pages = settings->lazy_pages,
	};
	for (char **ns = settings->empty_ns; ns && *ns; ns++)
		if (strcmp(*ns, "network"))
			return fail_code(err, ERROR_USAGE, "namespace \"%s\" is not supported", *ns);
	if (choose("manage-cgroups-mode", settings->manage_cgroups, cgroup_modes, &options->cgroups, err) < 0)
		return -1;
	return choose("network-lock", settings->network_lock, network_locks, &options->network_lock, err);
}

void settings_free(struct criu_options *options)
{
	struct wire_list *lists[] = { &options->mounts, &options->cgroup_roots, &options->join, &options->inherit,
				      &options->external, &options->cgroup_hierarchies };

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		free(lists[i]->items);
		*lists[i] = (struct wire_list) { 0 };
	}
}

int settings_explain(const struct images *images, const char *log, const struct swrk *swrk,
		     const struct criu_reply *reply, struct error *err)
{
	char why[sizeof err->message / 2];
	size_t used;

	/* An error of our own already contains its cause. */
	if (reply->type == CRIU_NOTIFY)
		return -1;
	criu_log_quote(images_log_folder(images), log, why, sizeof why);
	if (!why[0])
		swrk_said(swrk, why, sizeof why);
	if (!why[0])
		snprintf(why, sizeof why, "%s", reply->message);
	used = strlen(err->message);
	snprintf(err->message + used, sizeof err->message - used, "%s%s (log file: %s)", why[0] ? ": " : "", why,
		 images->log_path);
	return -1;
}

int settings_page_server(const char *text, struct criu_page_server *server, struct error *err)
{
	const char *colon = strrchr(text, ':'), *end = colon;
	uint64_t port;

	if (!colon || colon == text || !colon[1] || (text[0] == '[' && colon[-1] != ']') ||
	    (text[0] != '[' && memchr(text, ':', (size_t) (colon - text))))
		return fail_code(err, ERROR_USAGE, "Use --page-server ADDRESS:PORT to specify page server");
	if (!number_parse(colon + 1, 1, 65535, &port))
		return fail_code(err, ERROR_USAGE, "Invalid port number: %s", colon + 1);
	if (text[0] == '[') {
		text++;
		end--;
	}
	*server = (struct criu_page_server) { xasprintf("%.*s", (int) (end - text), text), (int32_t) port };
	return 0;
}

int settings_check_rights(const char *verb, struct error *err)
{
	if (geteuid() == 0 && host_in_initial_userns())
		return 0;
	return fail_code(err, ERROR_UNSUPPORTED,
			 "%s needs root's rights over the machine, which CRIU asks for: "
			 "rootless containers cannot be saved",
			 verb);
}
