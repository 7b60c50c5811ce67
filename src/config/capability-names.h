/* capability-names.h - the capabilities of Linux, by name */
#pragma once
#include "base/names.h"

/* "CAP_CHOWN" is bit 0 ... up to CAP_CHECKPOINT_RESTORE (5.9); none has been added since. */
extern const struct name_value capability_names[];
