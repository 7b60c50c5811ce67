/* bpf.c - see bpf.h */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "sys/bpf.h"

/* Every kernel accepts an attr longer than the one it knows if the rest is zero. */
static int bpf(int command, union bpf_attr *attr)
{
	return (int) syscall(SYS_bpf, command, attr, sizeof *attr);
}

static void clear(union bpf_attr *attr)
{
	memset(attr, 0, sizeof *attr);
}

int bpf_load_device(const char *name, const struct bpf_insn *code, size_t n, struct error *err)
{
	union bpf_attr attr;
	int fd;

	clear(&attr);
	attr.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	attr.insns = (uintptr_t) code;
	attr.insn_cnt = (uint32_t) n;
	attr.license = (uintptr_t) "Apache-2.0";
	strncpy(attr.prog_name, name, sizeof attr.prog_name - 1);
	/* The kernel makes it close-on-exec. */
	fd = bpf(BPF_PROG_LOAD, &attr);
	return fd >= 0 ? fd : fail(err, errno, "load the device program (%zu instructions)", n);
}

static int attach(int command, int cgroup, int program, int old)
{
	union bpf_attr attr;

	clear(&attr);
	attr.target_fd = (uint32_t) cgroup;
	attr.attach_bpf_fd = (uint32_t) program;
	attr.attach_type = BPF_CGROUP_DEVICE;
	if (command == BPF_PROG_ATTACH)
		attr.attach_flags = BPF_F_ALLOW_MULTI;
	if (old >= 0) {
		attr.attach_flags |= BPF_F_REPLACE;
		attr.replace_bpf_fd = (uint32_t) old;
	}
	return bpf(command, &attr);
}

int bpf_attach_device(int cgroup, int program, int old, struct error *err)
{
	if (attach(BPF_PROG_ATTACH, cgroup, program, old) == 0)
		return 0;
	/* Before 5.6 a program cannot be replaced: the new one is added first, and both have to allow until the old one
	 * is gone, so that there is no moment without a rule. */
	if (old >= 0 && errno == EINVAL && attach(BPF_PROG_ATTACH, cgroup, program, -1) == 0 &&
	    attach(BPF_PROG_DETACH, cgroup, old, -1) == 0)
		return 0;
	return fail(err, errno, "attach the device program to the cgroup");
}

static int open_program(uint32_t id, struct bpf_prog_info *info)
{
	union bpf_attr attr;
	int fd;

	clear(&attr);
	attr.prog_id = id;
	fd = bpf(BPF_PROG_GET_FD_BY_ID, &attr);
	if (fd < 0)
		return -1;
	memset(info, 0, sizeof *info);
	clear(&attr);
	attr.info.bpf_fd = (uint32_t) fd;
	attr.info.info_len = sizeof *info;
	attr.info.info = (uintptr_t) info;
	if (bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) == 0)
		return fd;
	close(fd);
	return -1;
}

int bpf_find_device(int cgroup, const char *name)
{
	uint32_t ids[64] = { 0 };	/* BPF_CGROUP_MAX_PROGS */
	struct bpf_prog_info info;
	union bpf_attr attr;

	clear(&attr);
	attr.query.target_fd = (uint32_t) cgroup;
	attr.query.attach_type = BPF_CGROUP_DEVICE;
	attr.query.prog_ids = (uintptr_t) ids;
	attr.query.prog_cnt = 64;
	if (bpf(BPF_PROG_QUERY, &attr) < 0)
		return -1;
	for (uint32_t i = 0; i < attr.query.prog_cnt && i < 64; i++) {
		auto_fd fd = open_program(ids[i], &info);

		if (fd >= 0 && strncmp(info.name, name, sizeof info.name) == 0)
			return take_fd(fd);
	}
	return -1;
}
