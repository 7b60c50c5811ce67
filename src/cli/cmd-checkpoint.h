/* cmd-checkpoint.h - the options that checkpoint and restore have in common */
#pragma once
#include "cli/cli.h"
#include "checkpoint/checkpoint.h"

#define CRIU_OPTIONS(S) \
	{  0,  "image-path",          TEXT(S, criu.image_path),      "DIR", \
	   "where CRIU's images are (default: ./checkpoint)" }, \
	{  0,  "work-path",           TEXT(S, criu.work_path),       "DIR", \
	   "where CRIU's log goes (default: with the images)" }, \
	{  0,  "tcp-established",     FLAG(S, criu.tcp_established), NULL,  "open TCP connections too" }, \
	{  0,  "ext-unix-sk",         FLAG(S, criu.ext_unix_sk),     NULL, \
	   "unix sockets with the other end outside too" }, \
	{  0,  "shell-job",           FLAG(S, criu.shell_job),       NULL, \
	   "processes on the caller's terminal too" }, \
	{  0,  "file-locks",          FLAG(S, criu.file_locks),      NULL,  "file locks too" }, \
	{  0,  "link-remap",          FLAG(S, criu.link_remap),      NULL, \
	   "open files that were removed but have other links too" }, \
	{  0,  "lazy-pages",          FLAG(S, criu.lazy_pages),      NULL,  "memory on demand (userfaultfd)" }, \
	{  0,  "auto-dedup",          FLAG(S, criu.auto_dedup),      NULL, \
	   "punch what is known twice out of earlier images" }, \
	{  0,  "manage-cgroups-mode", CHOICE(S, criu.manage_cgroups), "soft|full|strict|ignore", \
	   "how CRIU treats the cgroups below the container's own (default: soft)" }, \
	{  0,  "empty-ns",            LIST(S, criu.empty_ns),        "network", \
	   "leave a namespace empty; the network's always is" }, \
	{  0,  "network-lock",        CHOICE(S, criu.network_lock),  "iptables|nftables|skip", \
	   "how CRIU holds TCP connections meanwhile (default: iptables)" }
