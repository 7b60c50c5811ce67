/* cmd-checkpoint.h - the options that checkpoint and restore share */
#pragma once
#include "cli/cli.h"
#include "checkpoint/checkpoint.h"

#define CRIU_OPTIONS(S) \
	{  0,  "image-path",          TEXT(S, criu.image_path),      "DIR", \
	   "where CRIU's images are (default: ./checkpoint)" }, \
	{  0,  "work-path",           TEXT(S, criu.work_path),       "DIR", \
	   "where CRIU's log goes (default: with the images)" }, \
	{  0,  "tcp-established",     FLAG(S, criu.tcp_established), NULL,  "allow open TCP connections" }, \
	{  0,  "ext-unix-sk",         FLAG(S, criu.ext_unix_sk),     NULL, \
	   "allow unix sockets whose other end is outside" }, \
	{  0,  "shell-job",           FLAG(S, criu.shell_job),       NULL, \
	   "allow processes on the caller's terminal" }, \
	{  0,  "file-locks",          FLAG(S, criu.file_locks),      NULL,  "allow file locks" }, \
	{  0,  "link-remap",          FLAG(S, criu.link_remap),      NULL, \
	   "allow open files that were removed but have other links" }, \
	{  0,  "lazy-pages",          FLAG(S, criu.lazy_pages),      NULL,  "move memory on demand (userfaultfd)" }, \
	{  0,  "auto-dedup",          FLAG(S, criu.auto_dedup),      NULL, \
	   "punch duplicate memory out of earlier images" }, \
	{  0,  "manage-cgroups-mode", CHOICE(S, criu.manage_cgroups), "soft|full|strict|ignore", \
	   "how CRIU treats the cgroups below the container's own (default: soft)" }, \
	{  0,  "empty-ns",            LIST(S, criu.empty_ns),        "network", \
	   "leave this namespace empty; network always is" }, \
	{  0,  "network-lock",        CHOICE(S, criu.network_lock),  "iptables|nftables|skip", \
	   "how CRIU blocks TCP connections meanwhile (default: iptables)" }
