/* find-namespace.h - what the checks and the planner both ask a config */
#pragma once
#include "libocispec/ocispec.h"

/* The namespace of TYPE that CONFIG asks for, new or joined, or NULL. */
const struct oci_namespace *config_namespace(const struct oci_config *config, enum oci_namespace_type type);
