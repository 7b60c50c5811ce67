/*
 * test-plan-fixture.h - plans for tests, made without root from a few words of JSON
 *
 *	assert_plan(.mounts = "{'destination':'/x', 'type':'tmpfs'}");
 *	assert_refused("/mounts/0/destination", "must not be the root", .mounts = "...");
 *
 * The rest of the config is the smallest that is valid.  JSON is written with
 * single quotes.  The host is a privileged one unless a test changes it.
 */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail	/* base/error.h has a better one */
#define give_up(...) do { print_error(__VA_ARGS__); print_error("\n"); _fail(__FILE__, __LINE__); } while (0)
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "config/config.h"
#include "plan/plan.h"
#include "plan/print.h"
#include "sys/host.h"

#define ALL_CAPS  ((1ull << 41) - 1)
#define NAMESPACES "{'type':'pid'}, {'type':'network'}, {'type':'ipc'}, {'type':'uts'}, {'type':'mount'}"
#define USER_NAMESPACE ", {'type':'user'}"
#define MAPPINGS "'uidMappings':[{'containerID':0,'hostID':100000,'size':65536}], " \
		 "'gidMappings':[{'containerID':0,'hostID':200000,'size':65536}]"

/* Members of the config, as JSON; NULL: none, or what is above. */
struct ask {
	const char *namespaces, *mounts;	/* elements */
	const char *root, *process, *linux, *top;	/* further members */
	bool no_process;
};

static struct host host;
static struct plan_options options;
static struct config config;
static struct plan plan;
static struct error err;

static int set_up(void **state)
{
	(void) state;
	host = (struct host) {
		.initial_userns = true, .admin = true, .privileged = true, .caps_bounding = ALL_CAPS, .caps_permitted = ALL_CAPS, .last_cap = 40,
		.layout = CGROUP_V2, .n_hierarchies = 1, .hierarchies = { { .v2 = true, .own = "/user/shell" } },
	};
	options = (struct plan_options) { .id = "web", .bundle = "/bundles/web" };
	config = (struct config) { 0 };
	plan = (struct plan) { 0 };
	err = (struct error) { 0 };
	return 0;
}

static int tear_down(void **state)
{
	(void) state;
	config_free(&config);
	return 0;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

/* What an ordinary user sees. */
static inline void unprivileged(void)
{
	host.privileged = host.admin = false;
	host.euid = host.egid = 1000;
	host.caps_permitted = 0;
}

static void add_member(struct text *t, const char *json)
{
	if (json)
		text_addf(t, ", %s", json);
}

static char *config_text(const struct ask *ask)
{
	struct text t = { 0 };

	text_add(&t, "{'ociVersion':'1.3.0', 'root':{'path':'rootfs'");
	add_member(&t, ask->root);
	text_addf(&t, "}, 'mounts':[%s]", ask->mounts ? ask->mounts : "");
	if (!ask->no_process) {
		text_add(&t, ", 'process':{'args':['sh'], 'cwd':'/'");
		add_member(&t, ask->process);
		text_add(&t, "}");
	}
	add_member(&t, ask->top);
	text_addf(&t, ", 'linux':{'namespaces':[%s]", ask->namespaces ? ask->namespaces : NAMESPACES);
	add_member(&t, ask->linux);
	text_add(&t, "}}");
	for (char *c = t.s; *c; c++)
		if (*c == '\'')
			*c = '"';
	return text_take(&t);
}

static int make_plan(const struct ask *ask)
{
	auto_free char *text = config_text(ask);

	config_free(&config);
	config = (struct config) { 0 };
	if (config_parse(text, strlen(text), "config.json", &config, &err) < 0)
		return -1;
	return plan_make(&config.arena, config.spec, &host, &options, &plan, &err);
}

#define assert_plan(...) do { \
	if (make_plan(&(struct ask) { __VA_ARGS__ }) < 0) \
		give_up("refused: %s: %s", err.pointer, err.message); \
} while (0)

#define assert_refused(where, words, ...) do { \
	assert_int_equal(make_plan(&(struct ask) { __VA_ARGS__ }), -1); \
	assert_string_equal(err.pointer, where); \
	if (!strstr(err.message, words)) \
		give_up("\"%s\" is not in \"%s\"", words, err.message); \
} while (0)

/* The first step on TARGET, or NULL. */
static inline const struct step *find_step(const char *target)
{
	for (size_t i = 0; i < plan.rootfs.n_steps; i++)
		if (!strcmp(plan.rootfs.steps[i].target, target))
			return &plan.rootfs.steps[i];
	return NULL;
}

static inline const struct step *step_on(const char *target)
{
	const struct step *step = find_step(target);

	if (!step)
		give_up("no step on %s", target);
	return step;
}

/* The first late step of that kind on TARGET, or NULL. */
static inline const struct step *late_step(enum step_action action, const char *target)
{
	for (size_t i = plan.rootfs.n_early; i < plan.rootfs.n_steps; i++)
		if (plan.rootfs.steps[i].action == action && !strcmp(plan.rootfs.steps[i].target, target))
			return &plan.rootfs.steps[i];
	return NULL;
}
