/* lookup.c - see lookup.h */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/error.h"
#include "process/lookup.h"
#include "process/refusal.h"
#include "sys/fd.h"
#include "sys/host.h"

/* 0 if PATH is a regular file that we may execute, else an errno value. */
static int executable(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno;
	if (S_ISDIR(st.st_mode))
		return EISDIR;
	/* AT_EACCESS: with the effective ids and capabilities, as execve does. */
	if (!file_runs(path))
		return errno;
	return S_ISREG(st.st_mode) ? 0 : EACCES;
}

static char *not_found(struct error *err, const char *program)
{
	fail_code(err, ERROR_EXEC, "exec: \"%s\": executable file not found in $PATH: no such file or directory",
		  program);
	err->number = ENOENT;
	return NULL;
}

/* PATH is the file that PROGRAM led to. */
static char *refuse(struct error *err, int number, const char *program, const char *path)
{
	char why[REFUSAL_TEXT];

	refusal_explain(path, number, NULL, NULL, why);
	fail_code(err, ERROR_EXEC, "exec: \"%s\": %s%s%s%s", program, errno_text(number), *why ? " (" : "", why,
		  *why ? ")" : "");
	err->number = number;
	return NULL;
}

char *lookup_program(const char *program, char *const *env, struct error *err)
{
	const char *path = USUAL_PATH;
	char denied[PATH_MAX] = "";
	int number;

	if (!*program)
		return not_found(err, program);
	if (strchr(program, '/')) {
		number = executable(program);
		if (!number)
			return xstrdup(program);
		return refuse(err, number == EISDIR ? EACCES : number, program, program);
	}
	for (; env && *env; env++)
		if (!strncmp(*env, "PATH=", 5))
			path = *env + 5;
	for (const char *end; ; path = end + 1) {
		char file[PATH_MAX];
		end = strchrnul(path, ':');
		/* An empty element is the current folder, as in execvp(3). */
		int n = snprintf(file, sizeof file, "%.*s%s%s", (int) (end - path), path, end == path ? "./" : "/",
				 program);
		number = n < (int) sizeof file ? executable(file) : ENAMETOOLONG;
		if (!number)
			return xstrdup(file);
		if (number == EACCES && !*denied)
			memcpy(denied, file, sizeof denied);
		if (!*end)
			break;
	}
	return *denied ? refuse(err, EACCES, program, denied) : not_found(err, program);
}

int lookup_explain(const char *path, int number, char *const *args, char *const *env, struct error *err)
{
	char why[REFUSAL_TEXT];

	refusal_explain(path, number, args, env, why);
	fail_code(err, ERROR_EXEC, "exec %s: %s%s%s%s", path, errno_text(number), *why ? " (" : "", why,
		  *why ? ")" : "");
	err->number = number;
	return -1;
}
