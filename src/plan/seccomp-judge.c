/*
 * seccomp-judge.c - what a program will answer, without putting it into force
 */
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>

#include "plan/plan.h"
#include "plan/seccomp.h"

/* The instructions that our own programs consist of; another may come by an annotation.  Such a program need not have
 * been before the kernel yet: a jump may lead anywhere. */
uint32_t plan_filter_answer(const struct seccomp_plan *filter, long number, const uint64_t arguments[6])
{
	const struct seccomp_arch *own = seccomp_arch_own();
	struct seccomp_data data = { .nr = (int) number };
	uint32_t a = 0;

	if (!own)
		return SECCOMP_RET_KILL_PROCESS;
	data.arch = own->audit;
	memcpy(data.args, arguments, sizeof data.args);
	for (uint64_t at = 0; at < filter->n_filter;) {
		const struct sock_filter *i = &filter->filter[at++];

		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (i->k > sizeof data - sizeof a)
				return SECCOMP_RET_KILL_PROCESS;
			memcpy(&a, (const char *) &data + i->k, sizeof a);
			break;
		case BPF_ALU | BPF_AND | BPF_K: a &= i->k; break;
		case BPF_JMP | BPF_JA: at += i->k; break;
		case BPF_JMP | BPF_JEQ | BPF_K: at += a == i->k ? i->jt : i->jf; break;
		case BPF_JMP | BPF_JGE | BPF_K: at += a >= i->k ? i->jt : i->jf; break;
		case BPF_JMP | BPF_JGT | BPF_K: at += a > i->k ? i->jt : i->jf; break;
		case BPF_RET | BPF_K: return i->k;
		default: return SECCOMP_RET_KILL_PROCESS;
		}
	}
	return SECCOMP_RET_KILL_PROCESS;
}
