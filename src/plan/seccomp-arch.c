/*
 * seccomp-arch.c - the architectures, and the calls that stand for many
 */
#include <linux/audit.h>
#include <seccomp.h>
#include <string.h>

#include "base/cleanup.h"
#include "plan/seccomp.h"

/* Newer than libseccomp 2.5. */
#ifndef SCMP_ARCH_LOONGARCH64
#define SCMP_ARCH_LOONGARCH64 0
#endif

static const struct seccomp_arch archs[] = {
	{ "SCMP_ARCH_X86_64", SCMP_ARCH_X86_64, AUDIT_ARCH_X86_64, 0, FAMILY_X86, true },
	{ "SCMP_ARCH_X86", SCMP_ARCH_X86, AUDIT_ARCH_I386, 0, FAMILY_X86, false },
	{ "SCMP_ARCH_X32", SCMP_ARCH_X32, AUDIT_ARCH_X86_64, SECCOMP_X32_BIT, FAMILY_X86, false },
	{ "SCMP_ARCH_AARCH64", SCMP_ARCH_AARCH64, AUDIT_ARCH_AARCH64, 0, FAMILY_ARM, true },
	{ "SCMP_ARCH_ARM", SCMP_ARCH_ARM, AUDIT_ARCH_ARM, 0, FAMILY_ARM, false },
	{ "SCMP_ARCH_MIPS", SCMP_ARCH_MIPS, AUDIT_ARCH_MIPS, 4000, FAMILY_MIPS, false },
	{ "SCMP_ARCH_MIPS64", SCMP_ARCH_MIPS64, AUDIT_ARCH_MIPS64, 5000, FAMILY_MIPS, true },
	{ "SCMP_ARCH_MIPS64N32", SCMP_ARCH_MIPS64N32, AUDIT_ARCH_MIPS64N32, 6000, FAMILY_MIPS, false },
	{ "SCMP_ARCH_MIPSEL", SCMP_ARCH_MIPSEL, AUDIT_ARCH_MIPSEL, 4000, FAMILY_MIPS, false },
	{ "SCMP_ARCH_MIPSEL64", SCMP_ARCH_MIPSEL64, AUDIT_ARCH_MIPSEL64, 5000, FAMILY_MIPS, true },
	{ "SCMP_ARCH_MIPSEL64N32", SCMP_ARCH_MIPSEL64N32, AUDIT_ARCH_MIPSEL64N32, 6000, FAMILY_MIPS, false },
	{ "SCMP_ARCH_PPC", SCMP_ARCH_PPC, AUDIT_ARCH_PPC, 0, FAMILY_PPC, false },
	{ "SCMP_ARCH_PPC64", SCMP_ARCH_PPC64, AUDIT_ARCH_PPC64, 0, FAMILY_PPC, true },
	{ "SCMP_ARCH_PPC64LE", SCMP_ARCH_PPC64LE, AUDIT_ARCH_PPC64LE, 0, FAMILY_PPC, true },
	{ "SCMP_ARCH_S390", SCMP_ARCH_S390, AUDIT_ARCH_S390, 0, FAMILY_S390, false },
	{ "SCMP_ARCH_S390X", SCMP_ARCH_S390X, AUDIT_ARCH_S390X, 0, FAMILY_S390, true },
	{ "SCMP_ARCH_PARISC", SCMP_ARCH_PARISC, AUDIT_ARCH_PARISC, 0, FAMILY_PARISC, false },
	{ "SCMP_ARCH_PARISC64", SCMP_ARCH_PARISC64, AUDIT_ARCH_PARISC64, 0, FAMILY_PARISC, true },
	{ "SCMP_ARCH_RISCV64", SCMP_ARCH_RISCV64, AUDIT_ARCH_RISCV64, 0, FAMILY_RISCV, true },
	{ "SCMP_ARCH_LOONGARCH64", SCMP_ARCH_LOONGARCH64, SCMP_ARCH_LOONGARCH64, 0, FAMILY_LOONGARCH, true },
	{ "SCMP_ARCH_M68K", 0, 0, 0, FAMILY_OTHER, false },
	{ "SCMP_ARCH_SH", 0, 0, 0, FAMILY_OTHER, false },
	{ "SCMP_ARCH_SHEB", 0, 0, 0, FAMILY_OTHER, false },
};

const struct seccomp_arch *seccomp_arch_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(archs); i++)
		if (!strcmp(archs[i].name, name))
			return &archs[i];
	return NULL;
}

const struct seccomp_arch *seccomp_arch_own(void)
{
	uint32_t token = seccomp_arch_native();

	for (size_t i = 0; i < ARRAY_SIZE(archs); i++)
		if (token && archs[i].token == token)
			return &archs[i];
	return NULL;
}

/*
 * libseccomp gives these calls numbers of its own below -100 (socketcall) and -200 (ipc), with the selector in the last
 * two digits, on architectures where the kernel once had only that form.  The table has their direct numbers, as far as
 * libseccomp knows them; the tests compare it with what libseccomp answers for each number.
 */
static const struct direct {
	int16_t pseudo, x86, s390, ppc, mips;	/* 0: none */
} directs[] = {
	{ -101, 359, 359, 326, 4183 },	/* socket */
	{ -102, 361, 361, 327, 4169 },	/* bind */
	{ -103, 362, 362, 328, 4170 },	/* connect */
	{ -104, 363, 363, 329, 4174 },	/* listen */
	{ -105, 0, 0, 330, 4168 },	/* accept */
	{ -106, 367, 367, 331, 4172 },	/* getsockname */
	{ -107, 368, 368, 332, 4171 },	/* getpeername */
	{ -108, 360, 360, 333, 4184 },	/* socketpair */
	{ -109, 0, 0, 334, 4178 },	/* send */
	{ -110, 0, 0, 336, 4175 },	/* recv */
	{ -111, 369, 369, 335, 4180 },	/* sendto */
	{ -112, 371, 371, 337, 4176 },	/* recvfrom */
	{ -113, 373, 373, 338, 4182 },	/* shutdown */
	{ -114, 366, 366, 339, 4181 },	/* setsockopt */
	{ -115, 365, 365, 340, 4173 },	/* getsockopt */
	{ -116, 370, 370, 341, 4179 },	/* sendmsg */
	{ -117, 372, 372, 342, 4177 },	/* recvmsg */
	{ -118, 364, 364, 344, 4334 },	/* accept4 */
	{ -119, 337, 357, 343, 4335 },	/* recvmmsg */
	{ -120, 345, 358, 349, 4343 },	/* sendmmsg */
	{ -201, 0, 0, 0, 0 },		/* semop */
	{ -202, 393, 393, 393, 4393 },	/* semget */
	{ -203, 394, 394, 394, 4394 },	/* semctl */
	{ -204, 0, 392, 392, 0 },	/* semtimedop: the 64-bit ones */
	{ -211, 400, 400, 400, 4400 },	/* msgsnd */
	{ -212, 401, 401, 401, 4401 },	/* msgrcv */
	{ -213, 399, 399, 399, 4399 },	/* msgget */
	{ -214, 402, 402, 402, 4402 },	/* msgctl */
	{ -221, 397, 397, 397, 4397 },	/* shmat */
	{ -222, 398, 398, 398, 4398 },	/* shmdt */
	{ -223, 395, 395, 395, 4395 },	/* shmget */
	{ -224, 396, 396, 396, 4396 },	/* shmctl */
};

static int64_t direct_number(const struct seccomp_arch *arch, int pseudo)
{
	for (size_t i = 0; i < ARRAY_SIZE(directs); i++) {
		const struct direct *d = &directs[i];
		int number;

		if (d->pseudo != pseudo || (pseudo == -204 && !arch->wide))
			continue;
		number = arch->family == FAMILY_X86 ? d->x86 : arch->family == FAMILY_S390 ? d->s390 :
			 arch->family == FAMILY_PPC ? d->ppc : d->mips;
		return number ? number : -1;
	}
	return -1;
}

/* True if ARCH has socketcall(2) and ipc(2). */
static bool multiplexes(const struct seccomp_arch *arch)
{
	switch (arch->family) {
	case FAMILY_X86:
		return arch->audit == AUDIT_ARCH_I386;
	case FAMILY_MIPS:
		return arch->base == 4000;
	case FAMILY_PPC:
	case FAMILY_S390:
		return true;
	default:
		return false;
	}
}

struct seccomp_numbers seccomp_numbers(const struct seccomp_arch *arch, const char *name)
{
	int number = seccomp_syscall_resolve_name_arch(arch->token, name);
	struct seccomp_numbers found = { .known = number != __NR_SCMP_ERROR, .direct = -1, .multiplexed = -1 };

	if (number >= 0) {
		found.direct = number;
	} else if (number <= -101 && number >= -299 && multiplexes(arch)) {
		found.selector = (uint64_t) (-number % 100);
		found.by = number > -200 ? "socketcall" : "ipc";
		found.multiplexed = seccomp_syscall_resolve_name_arch(arch->token, found.by);
		found.direct = direct_number(arch, number);
	}
	return found;
}
