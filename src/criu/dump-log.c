/* dump-log.c - see dump-log.h */
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "criu/dump-log.h"

#define MOST 3	    /* number of errors quoted */
#define LONGEST 180 /* bytes quoted of each */
#define LAST_PART (1 << 20)

/* CRIU continues after these. */
static const char *const harmless[] = { "rlimit: Can't setup RLIMIT_NOFILE", "Can't keep kdat cache" };
/* These say no more than the failure itself. */
static const char *const summaries[] = { "Dumping FAILED", "Pre-dumping FAILED", "Restoring FAILED", "Aborting" };

struct line {
	const char *s;
	size_t n;
};

static bool begins_with_one(struct line line, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (line.n >= strlen(list[i]) && !memcmp(line.s, list[i], strlen(list[i])))
			return true;
	return false;
}

/* "(00.089466) Error (criu/cr-dump.c:2111): Dumping FAILED.": strip all before the message; false for any other
 * line. */
static bool error_line(struct line *line)
{
	static const char mark[] = "Error (", end[] = "): ";
	const char *at = memmem(line->s, line->n, mark, sizeof mark - 1), *words;

	if (!at)
		return false;
	line->n -= (size_t) (at - line->s);
	line->s = at;
	words = memmem(line->s, line->n, end, sizeof end - 1);
	if (!words)
		return false;
	words += sizeof end - 1;
	line->n -= (size_t) (words - line->s);
	line->s = words;
	return line->n > 0;
}

struct quote {
	char *out;
	size_t size, used;
	unsigned count;
};

static void add(struct quote *q, struct line line)
{
	size_t n = line.n < LONGEST ? line.n : LONGEST;

	for (size_t i = 0; q->count && i < 2 && q->used + 1 < q->size; i++)
		q->out[q->used++] = "; "[i];
	for (size_t i = 0; i < n && q->used + 1 < q->size; i++) {
		unsigned char c = (unsigned char) line.s[i];
		q->out[q->used++] = c < ' ' || c == 0x7f ? '?' : (char) c;
	}
	q->out[q->used] = '\0';
	q->count++;
}

static void collect(const char *log, size_t n, bool with_summaries, struct quote *q)
{
	for (const char *end; n && q->count < MOST; n -= (size_t) (end - log), log = end) {
		const char *newline = memchr(log, '\n', n);
		struct line line = { log, newline ? (size_t) (newline - log) : n };

		/* What CRIU prints before it has a log may be cut off, padded with zeros. */
		line.n = strnlen(line.s, line.n);

		end = newline ? newline + 1 : log + n;
		if (!error_line(&line) || begins_with_one(line, harmless, ARRAY_SIZE(harmless)))
			continue;
		if (with_summaries || !begins_with_one(line, summaries, ARRAY_SIZE(summaries)))
			add(q, line);
	}
}

void criu_log_errors(const char *log, size_t n, char *out, size_t size)
{
	struct quote q = { .out = out, .size = size };

	out[0] = '\0';
	collect(log, n, false, &q);
	if (!q.count)
		collect(log, n, true, &q);
}

void criu_log_quote(int dir, const char *name, char *out, size_t size)
{
	auto_fd fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	out[0] = '\0';
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	auto_free char *log = xmalloc(LAST_PART);
	ssize_t n = pread(fd, log, LAST_PART, st.st_size > LAST_PART ? st.st_size - LAST_PART : 0);
	if (n > 0)
		criu_log_errors(log, (size_t) n, out, size);
}
