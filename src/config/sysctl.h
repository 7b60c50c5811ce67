/*
 * sysctl.h - what the key of a kernel parameter means
 *
 * A key is written with dots, or as the path below /proc/sys; the first
 * separator tells which, and the other character is then part of a name:
 * net/ipv4/conf/eth0.100/forwarding is net.ipv4.conf.eth0/100.forwarding.
 */
#pragma once
#include "libocispec/ocispec.h"

struct arena;

/* KEY as a path below /proc/sys, in ARENA. */
const char *sysctl_path(struct arena *arena, const char *key);

/* The kind of namespace that the parameter at PATH belongs to; UNSET: it is the whole machine's. */
enum oci_namespace_type sysctl_owner(const char *path);
