/*
 * kernel-log.h - what the kernel has said since it started: syslog(2), as dmesg(1) shows it
 */
#pragma once

/* The lines that it still holds, the oldest first: "<PRIORITY>[SECONDS] TEXT".  The caller frees; NULL with errno,
 * EPERM if this takes CAP_SYSLOG (kernel.dmesg_restrict) and we lack it. */
char *kernel_log_read(void);
