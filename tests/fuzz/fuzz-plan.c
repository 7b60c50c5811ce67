/*
 * fuzz-plan.c - any config that passes its checks can be planned and printed
 *
 * The first byte of the input chooses the host, the rest is config.json.  What
 * a plan promises to those who carry it out is checked: clean targets, seals
 * of existing steps, capabilities that the kernel will grant; and that no byte
 * of the config reaches a terminal unescaped.
 */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "base/error.h"
#include "base/text.h"
#include "config/config.h"
#include "plan/plan.h"
#include "plan/print.h"
#include "sys/host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

static void check_path(const char *path)
{
	check(*path == '/');
	for (size_t n; *path; path += n) {
		n = strcspn(++path, "/");
		check((n > 0 || !*path) && !(n == 1 && *path == '.') && !(n == 2 && path[0] == '.' && path[1] == '.'));
	}
}

static void check_steps(const struct rootfs_plan *root)
{
	check_path(root->path);
	check(root->n_early <= root->n_steps);
	for (size_t i = 0; i < root->n_steps; i++) {
		const struct step *step = &root->steps[i];

		check_path(step->target);
		check(step->pointer && step->n_propagation <= 4);
		check(!(step->set & step->clear & ~(uint64_t) MOUNT_ATTR__ATIME)); /* the access times are no bits */
		check(!(step->set_all & step->clear_all & ~(uint64_t) MOUNT_ATTR__ATIME));
		check(i >= root->n_early || strcmp(step->target, "/"));
		if (step->action == STEP_SEAL)
			check(step->of == -1 || (step->of >= 0 && (size_t) step->of < root->n_early));
		if (step->action == STEP_BIND)
			check(step->source && *step->source == '/');
		if (step->action == STEP_MOUNT)
			check(step->type && *step->type);
	}
}

static void check_process(const struct plan *plan, const struct host *host)
{
	const struct process_plan *p = &plan->process;
	const struct capability_sets *c = &p->caps;
	uint64_t most = plan->ns.user ? ~0ull : host->caps_bounding;

	if (!plan->has_process)
		return;
	check(p->args[0] && p->cwd[0] == '/' && !p->env[p->n_env]);
	check(!((c->bounding | c->permitted) & ~most) && !(c->effective & ~c->permitted) && !(c->inheritable & ~c->bounding) &&
	      !(c->ambient & ~(c->permitted & c->inheritable)));
}

static void check_text(const struct plan *plan)
{
	auto_text t = { 0 };

	plan_print_text(plan, &t);
	for (const char *s = t.s; *s; s++)
		check(*s == '\n' || !iscntrl((unsigned char) *s));
	text_free(&t);
	plan_print_json(plan, &t);
	check(t.s[0] == '{' && !strcmp(t.s + t.n - 2, "}\n"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config config = { 0 };
	struct error err = { 0 };
	struct plan plan;

	if (!size)
		return 0;
	struct host host = {
		.admin = data[0] & 1 || data[0] & 8, .privileged = data[0] & 1, .selinux = data[0] & 2, .caps_permitted = data[0] & 4 ? ~0ull : 0,
		.caps_bounding = ~0ull >> 23 & ~8ull, .last_cap = 40, .layout = data[0] >> 4 & 3, .n_hierarchies = 1,
	};
	struct plan_options options = {
		.id = "web",
		.bundle = "/bundles/web",
		.no_pivot = data[0] & 8,
		.notify_socket = data[0] & 64 ? "/n" : NULL,
	};

	if (config_parse((const char *) data + 1, size - 1, "config.json", &config, &err) == 0) {
		if (plan_make(&config.arena, config.spec, &host, &options, &plan, &err) == 0) {
			check_steps(&plan.rootfs);
			check_process(&plan, &host);
			check_text(&plan);
		} else {
			check(err.message[0]);
		}
	}
	config_free(&config);
	return 0;
}
