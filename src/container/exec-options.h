/*
 * exec-options.h - the process that `exec` is to run, from its options
 */
#pragma once
#include "container/container.h"

/* The process to run: that of the process file, or the container's own as changed by the options (runc's rules:
 * terminal off unless asked for, env appended, capabilities added to bounding, effective and permitted but never to
 * inheritable: CVE-2022-29162).  Lives in CONFIG's arena, or in the process file's (options->loaded).  NULL with
 * ERR. */
const struct oci_process *exec_process(const struct exec_options *options, struct config *config, struct error *err);

/* The given option ("--user") that sets MEMBER ("/user/uid", a pointer into the process), or NULL. */
const char *exec_option_of(const struct exec_options *options, const char *member);
