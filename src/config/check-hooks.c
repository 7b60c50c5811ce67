/* check-hooks.c - the programs that are run beside the container */
#include "base/cleanup.h"
#include "config/check.h"

void check_hooks(const struct check *c)
{
	const struct oci_hooks *h = c->config->hooks;

	if (!h)
		return;
	const struct { const char *name; const struct oci_hook *list; size_t n; } moments[] = {
		{ "prestart", h->prestart, h->n_prestart },
		{ "createRuntime", h->create_runtime, h->n_create_runtime },
		{ "createContainer", h->create_container, h->n_create_container },
		{ "startContainer", h->start_container, h->n_start_container },
		{ "poststart", h->poststart, h->n_poststart },
		{ "poststop", h->poststop, h->n_poststop },
	};

	for (size_t i = 0; i < ARRAY_SIZE(moments); i++)
		for (size_t k = 0; k < moments[i].n; k++) {
			const struct oci_hook *hook = &moments[i].list[k];
			const char *pointer = AT("/hooks/%s/%zu", moments[i].name, k);
			check_path(c->faults, AT("%s/path", pointer), hook->path, "hook path");
			if (hook->has_timeout && hook->timeout < 1)
				check_fault(c->faults, AT("%s/timeout", pointer),
					    "%lld is out of range (expected at least 1 second)",
					    (long long) hook->timeout);
			check_environment(c->faults, AT("%s/env", pointer), hook->env, hook->n_env);
		}
}
