/*
 * mount-option-names.h - the mount options of runtime-spec 1.3 (config.md), by name
 *
 * `features` lists them.  What they mean stands in plan/mount-options.c, which
 * knows these and a few of crun's; a test holds the two together.
 */
#pragma once

/* Sorted; NULL ends it. */
extern const char *const mount_option_names[];
