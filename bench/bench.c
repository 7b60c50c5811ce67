/*
 * bench.c - time whole processes, taking turns
 *
 *	bench [-n SAMPLES] [-w WARMUP] [-i MS] PLAN
 *
 * A plan has one step a line; words are split at blanks, %n is the number of the round:
 *
 *	variant NAME		the steps that follow belong to it
 *	time LABEL COMMAND...	a timed step
 *	do COMMAND...		an untimed step
 *	try COMMAND...		the same, and its exit status does not matter
 *	gone FILE		wait until the process whose pid is in FILE has ended
 *
 * Each round runs every variant once, so that what else happens on the machine hits all alike: ratios can
 * be trusted even where times cannot.  Wall time is from just before the process is made to the end of the
 * wait for it.  CPU time is that of the process and of all descendants that were waited for.
 * -i: sleep so long before each timed step, as in real life, where a runtime is not called in a hot loop.
 *
 * For each timed step a line is printed, its fields separated by tabs, times in microseconds:
 * variant, label, samples, failures, wall p10, wall median, CPU median, peak memory in KiB.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_WORDS = 48, MAX_STEPS = 1024, MAX_WORD = 512 };

enum step_kind { STEP_TIME, STEP_DO, STEP_TRY, STEP_GONE };

struct step {
	enum step_kind kind;
	const char *variant, *label;
	char *words[MAX_WORDS + 1];
	double *wall, *cpu;	/* microseconds, one for each sample */
	long peak;		/* KiB */
	int samples, failures;
};

static struct step steps[MAX_STEPS];
static int n_steps;
static int rounds = 100, warmup = 5, idle;
static const char *variant = "";	/* of the lines being read */

extern char **environ;

static void die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* ---- the plan ---------------------------------------------------------- */

static enum step_kind step_kind(const char *word)
{
	static const char *const names[] = { [STEP_TIME] = "time", [STEP_DO] = "do", [STEP_TRY] = "try", [STEP_GONE] = "gone" };

	for (int i = 0; i < (int) (sizeof names / sizeof *names); i++)
		if (!strcmp(names[i], word))
			return i;
	fprintf(stderr, "bench: no such step: %s\n", word);
	exit(2);
}

static void plan_line(char *line)
{
	char *rest = NULL, *word = strtok_r(line, " \t\n", &rest);
	struct step *step = &steps[n_steps];
	int n = 0;

	if (!word || *word == '#')
		return;
	if (!strcmp(word, "variant")) {
		word = strtok_r(NULL, "\n", &rest);
		variant = strdup(word ? word : "");
		return;
	}
	if (++n_steps > MAX_STEPS)
		errno = E2BIG, die("plan");
	step->kind = step_kind(word);
	step->variant = variant;
	if (step->kind == STEP_TIME) {
		word = strtok_r(NULL, " \t\n", &rest);
		step->label = strdup(word ? word : "");
		step->wall = calloc(rounds, sizeof *step->wall);
		step->cpu = calloc(rounds, sizeof *step->cpu);
	}
	while ((word = strtok_r(NULL, " \t\n", &rest)) && n < MAX_WORDS)
		step->words[n++] = strdup(word);
}

static void plan_read(const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;

	if (!file)
		die(path);
	while (getline(&line, &room, file) > 0)
		plan_line(line);
	free(line);
	fclose(file);
}

/* ---- one step ---------------------------------------------------------- */

/* WORD with every %n replaced by ROUND. */
static void expand(char out[MAX_WORD], const char *word, int round)
{
	size_t n = 0;

	for (; *word && n < MAX_WORD - 12; word++) {
		if (word[0] == '%' && word[1] == 'n') {
			n += snprintf(out + n, MAX_WORD - n, "%d", round);
			word++;
		} else {
			out[n++] = *word;
		}
	}
	out[n] = '\0';
}

/* Orphans come to us (we are their subreaper): the container's first process is waited for here, as a shim would do. */
static void wait_gone(const char *path)
{
	FILE *file = fopen(path, "re");
	struct pollfd wait = { .events = POLLIN };
	char text[32] = "";
	long pid;

	(void) (file && fgets(text, sizeof text, file));
	if (file)
		fclose(file);
	pid = strtol(text, NULL, 10);
	if (pid <= 0)
		fprintf(stderr, "bench: no pid in %s\n", path);
	if (pid <= 0)
		return;
	wait.fd = syscall(SYS_pidfd_open, (pid_t) pid, 0);
	if (wait.fd < 0)
		return;
	if (poll(&wait, 1, 10000) == 0)
		fprintf(stderr, "bench: process %ld does not end\n", pid);
	close(wait.fd);
	waitpid(pid, NULL, WNOHANG);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static double microseconds(struct timeval t)
{
	return t.tv_sec * 1e6 + t.tv_usec;
}

/* Run the command with standard input and output on /dev/null, and say how long it took.  Its exit status. */
static int run(char *const words[], double *wall, struct rusage *usage)
{
	posix_spawn_file_actions_t files;
	const char *errors = getenv("BENCH_ERRORS");
	double begin;
	pid_t pid;
	int status;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&files, 2, errors ? errors : "/dev/null", O_WRONLY | O_CREAT | O_APPEND, 0644);
	begin = now();
	errno = posix_spawnp(&pid, words[0], &files, NULL, words, environ);
	if (errno)
		die(words[0]);
	while (wait4(pid, &status, 0, usage) < 0)
		if (errno != EINTR)
			die("wait4");
	*wall = now() - begin;
	posix_spawn_file_actions_destroy(&files);
	return status;
}

static void step_do(struct step *step, int round)
{
	static char text[MAX_WORDS][MAX_WORD];
	char *words[MAX_WORDS + 1] = { NULL };
	struct rusage usage;
	double wall;
	int status;

	for (int i = 0; step->words[i]; i++) {
		expand(text[i], step->words[i], round);
		words[i] = text[i];
	}
	if (!words[0])
		return;
	if (step->kind == STEP_GONE) {
		wait_gone(words[0]);
		return;
	}
	if (step->kind == STEP_TIME && idle)
		usleep(idle * 1000);
	status = run(words, &wall, &usage);
	if (step->kind == STEP_TRY)
		return;
	if (status)
		step->failures++;
	if (status || step->kind != STEP_TIME || round < warmup)
		return;
	step->wall[step->samples] = wall;
	step->cpu[step->samples++] = microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
	if (usage.ru_maxrss > step->peak)
		step->peak = usage.ru_maxrss;
}

/* ---- the result -------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	double x = *(const double *) a, y = *(const double *) b;

	return (x > y) - (x < y);
}

static double quantile(double *values, int n, double q)
{
	if (!n)
		return 0;
	qsort(values, n, sizeof *values, compare);
	return values[(int) (q * (n - 1) + 0.5)];
}

static void report(struct step *step)
{
	if (step->kind != STEP_TIME) {
		if (step->failures)
			fprintf(stderr, "bench: %s: %s failed %d times\n", step->variant, step->words[0],
				step->failures);
		return;
	}
	printf("%s\t%s\t%d\t%d\t%.0f\t%.0f\t%.0f\t%ld\n", step->variant, step->label, step->samples, step->failures,
	       quantile(step->wall, step->samples, 0.1), quantile(step->wall, step->samples, 0.5),
	       quantile(step->cpu, step->samples, 0.5), step->peak);
}

int main(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "n:w:i:")) != -1) {
		switch (option) {
		case 'n': rounds = atoi(optarg); break;
		case 'w': warmup = atoi(optarg); break;
		case 'i': idle = atoi(optarg); break;
		default: return 2;
		}
	}
	if (optind + 1 != argc || rounds < 1) {
		fprintf(stderr, "usage: bench [-n SAMPLES] [-w WARMUP] [-i MS] PLAN\n");
		return 2;
	}
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	plan_read(argv[optind]);
	for (int round = 0; round < warmup + rounds; round++)
		for (int i = 0; i < n_steps; i++)
			step_do(&steps[i], round);
	for (int i = 0; i < n_steps; i++)
		report(&steps[i]);
	return 0;
}
