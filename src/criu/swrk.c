/* swrk.c - see swrk.h */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "criu/dump-log.h"
#include "criu/swrk.h"
#include "sys/fd.h"
#include "sys/host.h"
#include "sys/process.h"
#include "sys/signals.h"
#include "sys/socket.h"

#define MAX_REPLY 65536

/* ---- starting -------------------------------------------------------------- */

static char *find_program(const char *given, struct error *err)
{
	char *file;

	if (given) {
		if (access(given, X_OK) == 0)
			return xstrdup(given);
		fail(err, errno, "criu is given as %s", given);
		return NULL;
	}
	file = host_find_program("criu");
	if (!file)
		fail_code(err, ERROR_UNSUPPORTED,
			  "exec: \"criu\": executable file not found in $PATH "
			  "(checkpoint and restore need CRIU %d.%d or newer)",
			  CRIU_MINIMUM / 10000, CRIU_MINIMUM / 100 % 100);
	return file;
}

/* Put FDS at 3, 4 ... and close the rest. */
static int place(const int *fds, unsigned n, struct error *err)
{
	auto_free int *high = xcalloc(n, sizeof *high);
	int above = 3 + (int) n;

	/* First move all out of the way, or one would overwrite another. */
	for (unsigned i = 0; i < n; i++)
		if ((high[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, above)) < 0)
			return fail(err, errno, "keep a descriptor for criu");
	for (unsigned i = 0; i < n; i++)
		if (dup2(high[i], 3 + (int) i) < 0)
			return fail(err, errno, "hand a descriptor to criu");
	return fd_cloexec_from(above, err);
}

static int quiet_stdio(int said, struct error *err)
{
	auto_fd null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, 0) < 0 || dup2(said, 1) < 0 || dup2(said, 2) < 0)
		return fail(err, errno, "set up criu's standard input and output");
	return 0;
}

struct birth {
	const struct swrk_start *start;
	const char *program;
	int sock, said, report;
	bool born_there;
};

/* In the new process.  Returns only with ERR. */
static int become(struct birth *b, struct error *err)
{
	const struct swrk_start *s = b->start;
	auto_free int *fds = xcalloc(s->n_fds + 1, sizeof *fds);
	int above = 4 + (int) s->n_fds;
	char number[16];
	char *args[] = { (char *) "criu", (char *) "swrk", number, NULL };

	/* ^C at our terminal is for us: criu killed midway could leave the container frozen. */
	if (!s->own_stdio)
		setpgid(0, 0);
	signal_reset();
	if (s->prepare && s->prepare(s->context, b->born_there, err) < 0)
		return -1;
	/* Descriptors still needed must be out of the way of FDS. */
	b->report = fcntl(b->report, F_DUPFD_CLOEXEC, above);
	if (b->said >= 0)
		b->said = fcntl(b->said, F_DUPFD_CLOEXEC, above);
	if (b->report < 0)
		return fail(err, errno, "keep a descriptor");
	if (s->n_fds)
		memcpy(fds, s->fds, s->n_fds * sizeof *fds);
	fds[s->n_fds] = b->sock;
	snprintf(number, sizeof number, "%u", 3 + s->n_fds);
	/* FDS first: they may be our 0, 1 and 2. */
	if (place(fds, s->n_fds + 1, err) < 0 || (!s->own_stdio && quiet_stdio(b->said, err) < 0))
		return -1;
	execv(b->program, args);
	return fail(err, errno, "exec %s", b->program);
}

static pid_t clone_into(int cgroup, bool *born_there, struct error *err)
{
	pid_t pid = process_clone(0, cgroup, false, NULL, err);

	*born_there = cgroup >= 0;
	/* If it cannot be born there, PREPARE moves it. */
	if (pid < 0 && cgroup >= 0 && process_cgroup_refused(err->number)) {
		*born_there = false;
		pid = process_fork(err);
	}
	return pid;
}

int swrk_start(const struct swrk_start *start, struct swrk *swrk, struct error *err)
{
	int sock[2], report[2];

	*swrk = (struct swrk) { .sock = -1, .said = -1 };
	auto_free char *program = find_program(start->program, err);
	if (!program)
		return -1;
	if (!start->own_stdio && (swrk->said = memfd_create("criu", MFD_CLOEXEC)) < 0)
		return fail(err, errno, "make a memory file");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sock) < 0)
		return fail(err, errno, "make a socket pair");
	auto_fd theirs = sock[1];
	swrk->sock = sock[0];
	if (pipe2(report, O_CLOEXEC) < 0)
		return fail(err, errno, "make a pipe");
	auto_fd in = report[0], out = report[1];
	struct birth b = { start, program, theirs, swrk->said, out, false };

	swrk->pid = clone_into(start->cgroup, &b.born_there, err);
	if (swrk->pid == 0) {
		become(&b, err);
		(void) !write(b.report, err, sizeof *err);
		_exit(127);
	}
	if (swrk->pid < 0) {
		swrk->pid = 0;
		return wrap(err, "start criu");
	}
	close(take_fd(out));
	/* End of file means that it has become criu. */
	ssize_t n;
	do
		n = read(in, err, sizeof *err);
	while (n < 0 && errno == EINTR);
	return n == 0 ? 0 : -1;
}

void swrk_said(const struct swrk *swrk, char *out, size_t size)
{
	char text[16384];
	ssize_t n = swrk->said < 0 ? 0 : pread(swrk->said, text, sizeof text, 0);

	criu_log_errors(text, n > 0 ? (size_t) n : 0, out, size);
}

void swrk_end(struct swrk *swrk)
{
	cleanup_close(&swrk->sock);
	cleanup_close(&swrk->said);
	if (swrk->pid > 0)
		process_reap(swrk->pid);
	swrk->pid = 0;
}

/* ---- talking --------------------------------------------------------------- */

static int send_request(struct swrk *swrk, const struct criu_request *request, struct error *err)
{
	auto_text t = { 0 };

	wire_write(&criu_request_type, request, &t);
	if (socket_send(swrk->sock, t.s, t.n, -1, err) < 0)
		return wrap(err, "ask criu for %s", criu_type_name(request->type));
	return 0;
}

static int receive_reply(struct swrk *swrk, struct criu_reply *reply, int *fd, struct error *err)
{
	auto_free char *bytes = xmalloc(MAX_REPLY);
	long n = socket_receive(swrk->sock, bytes, MAX_REPLY, fd, err);

	*reply = (struct criu_reply) { 0 };
	if (n < 0)
		return wrap(err, "listen to criu");
	if (n == 0)
		return fail_code(err, ERROR_PROTOCOL, "criu failed: it ended without an answer");
	if (n == MAX_REPLY || !wire_read(&criu_reply_type, reply, bytes, (size_t) n))
		return fail_code(err, ERROR_PROTOCOL, "criu sent what is no message (%ld bytes)", n);
	return 0;
}

static int answer_notice(struct swrk *swrk, swrk_notice *notice, void *context, const struct criu_reply *reply, int fd,
			 struct error *err)
{
	struct criu_request answer = { .type = CRIU_NOTIFY, .notify_success = true };
	struct error ignored;

	log_debug("criu: %s", reply->notify.script);
	if (notice && notice(context, reply->notify.script, reply->notify.pid, fd, err) < 0) {
		answer.notify_success = false;
		send_request(swrk, &answer, &ignored);
		return -1;
	}
	return send_request(swrk, &answer, err);
}

int swrk_ask(struct swrk *swrk, const struct criu_request *request, swrk_notice *notice, void *context,
	     struct criu_reply *reply, struct error *err)
{
	bool refused = false;
	struct error cause = { 0 };

	if (send_request(swrk, request, err) < 0)
		return -1;
	for (;;) {
		int received;
		if (receive_reply(swrk, reply, &received, err) < 0)
			break;
		auto_fd fd = received;
		if (reply->type == CRIU_NOTIFY && reply->success) {
			/* After a refusal criu still sends notices while it undoes its work. */
			if (answer_notice(swrk, refused ? NULL : notice, context, reply, fd,
					  refused ? err : &cause) < 0)
				refused = true;
			continue;
		}
		if (reply->success && reply->type == request->type && !refused)
			return 0;
		fail_code(err, ERROR_SYSTEM, "criu failed: type %s errno %d", criu_type_name(reply->type),
			  reply->number);
		break;
	}
	if (refused) {
		*err = cause;
		reply->type = CRIU_NOTIFY;
	}
	return -1;
}

static int too_old(int version, struct error *err)
{
	return fail_code(err, ERROR_UNSUPPORTED, "CRIU %d.%d is too old: %d.%d or newer is needed", version / 10000,
			 version / 100 % 100, CRIU_MINIMUM / 10000, CRIU_MINIMUM / 100 % 100);
}

/* Find why CRIU does not work here: in this mode it says nothing useful, but `criu check` does. */
static void check_words(const char *program, char *out, size_t size)
{
	char *args[] = { (char *) "criu", (char *) "check", NULL }, text[16384];
	auto_fd said = memfd_create("criu", MFD_CLOEXEC);
	struct error ignored;
	pid_t pid = said < 0 ? -1 : process_fork(&ignored);

	if (pid == 0) {
		signal_reset();
		if (quiet_stdio(said, &ignored) == 0 && fd_cloexec_from(3, &ignored) == 0)
			execv(program, args);
		_exit(127);
	}
	if (pid > 0)
		process_reap(pid);
	ssize_t n = said < 0 ? 0 : pread(said, text, sizeof text, 0);
	criu_log_errors(text, n > 0 ? (size_t) n : 0, out, size);
}

int swrk_greet(struct swrk *swrk, const char *given, struct error *err)
{
	const struct criu_features both = { .memory_tracking = true, .lazy_pages = true };
	struct criu_request version = { .type = CRIU_VERSION, .keep_open = true };
	struct criu_request features = { .type = CRIU_FEATURE_CHECK, .keep_open = true, .features = &both };
	struct criu_reply reply;
	char why[256];

	auto_free char *program = find_program(given, err);
	if (!program || swrk_ask(swrk, &version, NULL, NULL, &reply, err) < 0)
		return wrap(err, "CRIU version check failed");
	swrk->version = reply.version.major * 10000 + reply.version.minor * 100 + reply.version.sublevel;
	log_debug("criu %d.%d.%d", reply.version.major, reply.version.minor, reply.version.sublevel);
	if (swrk->version < CRIU_MINIMUM)
		return too_old(swrk->version, err);
	/* To answer this, criu probes the kernel; an old criu fails here on a new kernel. */
	if (swrk_ask(swrk, &features, NULL, NULL, &reply, err) < 0) {
		check_words(program, why, sizeof why);
		return fail_code(err, ERROR_UNSUPPORTED, "CRIU %d.%d does not work with this kernel%s%s",
				 swrk->version / 10000, swrk->version / 100 % 100, why[0] ? ": " : "", why);
	}
	swrk->features = reply.features;
	return 0;
}
