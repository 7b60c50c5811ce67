/*
 * swrk.h - a conversation with `criu swrk`
 *
 *	swrk_start()	start CRIU, with descriptors for it
 *	swrk_ask()	one request; messages that CRIU sends meanwhile (NOTIFY) go to a handler
 *	swrk_end()	end it; called on every way out
 *
 *	ctr-run				criu
 *	VERSION			->
 *				<-	VERSION 4.1.1
 *	FEATURE_CHECK		->
 *				<-	FEATURE_CHECK, or a failure: this kernel is unfit
 *	DUMP or RESTORE options	->
 *				<-	NOTIFY script, at each stage
 *	NOTIFY, continue	->
 *				<-	DUMP or RESTORE: done
 */
#pragma once
#include <sys/types.h>

#include "criu/rpc.h"

struct error;

/* The oldest version we can use; versions are major * 10000 + minor * 100 + sublevel. */
#define CRIU_MINIMUM 31500 /* status-ready, external pid namespaces */
#define CRIU_LSM 31600	   /* lsm_profile and lsm_mount_context work */

struct swrk {
	pid_t pid; /* of criu; 0: none */
	int sock;
	int said;    /* a memory file for what it prints before it has a log; -1: it has our stdio */
	int version; /* after swrk_greet() */
	struct criu_features features;
};

struct swrk_start {
	const char *program; /* NULL: "criu", wherever it is */
	int cgroup;	     /* cgroup2 folder to be born in, if the kernel can do that; or -1 */
	bool own_stdio;	     /* give it our standard input, output and error: for --shell-job */
	const int *fds;	     /* become its descriptors 3, 4 ..., close-on-exec or not */
	unsigned n_fds;
	/* Called in the new process before it becomes criu; may be NULL.  BORN_THERE: it is in the cgroup. */
	int (*prepare)(void *context, bool born_there, struct error *err);
	void *context;
};

/* Start criu.  The caller calls swrk_end() in every case.  -1 with ERR if there is no criu, or PREPARE's own error. */
int swrk_start(const struct swrk_start *start, struct swrk *swrk, struct error *err);

/* Ask for version and features, to know before anything is frozen or made that criu works on this kernel.  PROGRAM as
 * in swrk_start. */
int swrk_greet(struct swrk *swrk, const char *program, struct error *err);

/* Called for each NOTIFY with its SCRIPT ("post-restore"), the PID that came with it or 0, and the descriptor FD or -1,
 * which remains swrk's.  -1 with ERR makes criu give up. */
typedef int swrk_notice(void *context, const char *script, pid_t pid, int fd, struct error *err);

/* Send REQUEST and wait for the answer.  A negative answer is in REPLY too; ERR then reports it without the cause, as
 * runc does: "criu failed: type DUMP errno 0".  An error of NOTICE is returned unchanged once criu has undone its work;
 * REPLY's type is then CRIU_NOTIFY. */
int swrk_ask(struct swrk *swrk, const struct criu_request *request, swrk_notice *notice, void *context,
	     struct criu_reply *reply, struct error *err);

/* Copy the first error that criu printed before it had a log to OUT; "" if there is none. */
void swrk_said(const struct swrk *swrk, char *out, size_t size);

/* Hang up and wait until criu is gone. */
void swrk_end(struct swrk *swrk);
