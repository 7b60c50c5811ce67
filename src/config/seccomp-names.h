/* seccomp-names.h - architectures and flags of seccomp filters, as the spec spells them */
#pragma once

/* NULL ends each. */
extern const char *const seccomp_arch_names[];
extern const char *const seccomp_flag_names[];
