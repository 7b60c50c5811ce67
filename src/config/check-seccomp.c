/* check-seccomp.c - the system call filter */
#include "config/check.h"
#include "config/seccomp-names.h"

/* Only these two pass a number to the caller or its tracer. */
static bool takes_errno(enum oci_seccomp_action action)
{
	return action == OCI_SECCOMP_ACTION_SCMP_ACT_ERRNO || action == OCI_SECCOMP_ACTION_SCMP_ACT_TRACE;
}

static void check_errno(const struct check *c, const char *pointer, enum oci_seccomp_action action, uint32_t value)
{
	/* MAX_ERRNO of the kernel, and the 16 bits of SECCOMP_RET_DATA. */
	unsigned max = action == OCI_SECCOMP_ACTION_SCMP_ACT_TRACE ? 65535 : 4095;

	if (action && !takes_errno(action))
		check_fault(c->faults, pointer, "%s takes no errno, only SCMP_ACT_ERRNO and SCMP_ACT_TRACE do",
			    oci_seccomp_action_names.names[action]);
	else if (value > max)
		check_fault(c->faults, pointer, "%u is out of range (expected 0 to %u)", value, max);
}

static void check_rule(const struct check *c, const struct oci_syscall *rule, const char *pointer)
{
	if (!rule->n_names)
		check_fault(c->faults, AT("%s/names", pointer), "must name at least one system call");
	for (size_t i = 0; i < rule->n_names; i++)
		if (rule->names[i] && !rule->names[i][0])
			check_fault(c->faults, AT("%s/names/%zu", pointer, i), "must not be empty");
	if (rule->has_errno_ret)
		check_errno(c, AT("%s/errnoRet", pointer), rule->action, rule->errno_ret);
	for (size_t i = 0; i < rule->n_args; i++)
		if (rule->args[i].index > 5)
			check_fault(c->faults, AT("%s/args/%zu/index", pointer, i),
				    "%u is out of range (a system call has arguments 0 to 5)", rule->args[i].index);
}

static void check_listener(const struct check *c, const struct oci_seccomp *s)
{
	bool notify = false;

	for (size_t i = 0; i < s->n_syscalls; i++)
		notify |= s->syscalls[i].action == OCI_SECCOMP_ACTION_SCMP_ACT_NOTIFY;
	/* Nobody would be there to let through even the container's first call. */
	if (s->default_action == OCI_SECCOMP_ACTION_SCMP_ACT_NOTIFY)
		check_fault(c->faults, "/linux/seccomp/defaultAction",
			    "SCMP_ACT_NOTIFY cannot be used as default action");
	if (notify && !s->listener_path)
		check_fault(c->faults, "/linux/seccomp/listenerPath", "is missing (SCMP_ACT_NOTIFY needs it)");
	/* Without it the path is to be ignored. */
	if (notify)
		check_path(c->faults, "/linux/seccomp/listenerPath", s->listener_path, "the path of a listener");
	if (s->listener_metadata && !s->listener_path)
		check_fault(c->faults, "/linux/seccomp/listenerMetadata", "must not be set without listenerPath");
}

void check_seccomp(const struct check *c)
{
	const struct oci_seccomp *s = c->config->linux->seccomp;

	if (!s)
		return;
	if (s->has_default_errno_ret)
		check_errno(c, "/linux/seccomp/defaultErrnoRet", s->default_action, s->default_errno_ret);
	check_words(c->faults, "/linux/seccomp/architectures", s->architectures, s->n_architectures,
		    seccomp_arch_names);
	check_words(c->faults, "/linux/seccomp/flags", s->flags, s->n_flags, seccomp_flag_names);
	for (size_t i = 0; i < s->n_syscalls; i++)
		check_rule(c, &s->syscalls[i], AT("/linux/seccomp/syscalls/%zu", i));
	check_listener(c, s);
}
