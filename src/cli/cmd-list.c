/* cmd-list.c - ctr-run list */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "cli/cli.h"
#include "cli/table.h"
#include "container/container.h"

struct list_options { const char *format; bool quiet; };

static const struct option list_options[] = {
	{ 'f', "format", CHOICE(list_options, format), "table|json", "a table (default) or a JSON array" },
	{ 'q', "quiet",  FLAG(list_options, quiet),    NULL, "print only the ids" },
	{ .kind = OPTION_END }
};

enum { COLUMNS = 6 };

struct found { struct container_info *infos; size_t n; };

static void found_free(struct found *found)
{
	for (size_t i = 0; i < found->n; i++)
		container_info_free(&found->infos[i]);
	free(found->infos);
}

/* Collect what can be read of every container.  One that disappears meanwhile is left out; a broken one must not hide
 * the others. */
static void find(const char *root, char **ids, struct found *found)
{
	for (; *ids; ids++) {
		struct container_info info = { 0 };
		struct error why = { 0 };
		if (container_info(root, *ids, &info, &why) == 0) {
			container_info_owner(&info);
			memcpy(xgrow(&found->infos, found->n++, sizeof info), &info, sizeof info);
			continue;
		}
		container_info_free(&info);
		if (why.code != ERROR_NOT_FOUND)
			log_warn("load container %s: %s", *ids, why.message);
	}
}

static void add_json(struct text *t, const struct found *found)
{
	text_add(t, "[");
	for (size_t i = 0; i < found->n; i++) {
		auto_free char *json = container_state_json(&found->infos[i], false);
		text_addf(t, "%s%s", i ? "," : "", json);
	}
	text_add(t, "]\n");
}

static void add_table(struct text *t, const struct found *found)
{
	static const char *const titles[COLUMNS] = { "ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER" };
	auto_free const char **cells = xcalloc((found->n + 1) * COLUMNS, sizeof *cells);
	auto_free char (*pids)[16] = xcalloc(found->n + 1, sizeof *pids);

	memcpy(cells, titles, sizeof titles);
	for (size_t i = 0; i < found->n; i++) {
		const struct container_info *info = &found->infos[i];
		const char **row = cells + (i + 1) * COLUMNS;
		snprintf(pids[i], sizeof pids[i], "%d", info->pid);
		row[0] = info->id;
		row[1] = pids[i];
		row[2] = container_status_name(info->status);
		row[3] = info->bundle;
		row[4] = info->created;
		row[5] = info->owner;
		for (size_t j = 0; j < COLUMNS; j++)
			row[j] = row[j] ? row[j] : "";
	}
	table_add(t, cells, found->n + 1, COLUMNS);
}

/* Broken ones too: whoever cleans up wants to know about them. */
static void add_ids(struct text *t, const char *root, char **ids)
{
	for (; *ids; ids++) {
		struct container_info info = { 0 };
		struct error why = { 0 };

		if (container_info(root, *ids, &info, &why) == 0 || why.code != ERROR_NOT_FOUND)
			text_addf(t, "%s\n", *ids);
		container_info_free(&info);
	}
}

static int run(struct cli *cli, void *into, char **args, struct error *err)
{
	const struct list_options *options = into;
	const struct globals *g = &cli->globals;
	struct found found = { 0 };
	auto_text t = { 0 };
	char **ids;

	(void) args;
	/* A root given by the user must exist; the default one is made by the first container. */
	if (g->root_given && access(g->root, F_OK) < 0)
		return fail(err, errno, "open the state root %s", g->root);
	if (container_list(g->root, &ids, err) < 0)
		return -1;
	if (options->quiet) {
		add_ids(&t, g->root, ids);
	} else {
		find(g->root, ids, &found);
		if (options->format && !strcmp(options->format, "json"))
			add_json(&t, &found);
		else
			add_table(&t, &found);
	}
	container_list_free(ids);
	found_free(&found);
	return output(&t, err);
}

const struct verb verb_list = {
	.name = "list",
	.group = "What there is",
	.args = "",
	.summary = "list containers",
	.about = "Lists the containers below the state root (the global option --root).",
	.options = list_options,
	.size = sizeof(struct list_options),
	.run = run,
};
