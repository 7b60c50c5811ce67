/* rlimit-names.h - the resource limits of Linux, by name */
#pragma once
#include "base/names.h"

/* "RLIMIT_AS" is RLIMIT_AS ... */
extern const struct name_value rlimit_names[];
