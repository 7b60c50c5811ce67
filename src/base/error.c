/* error.c - see error.h */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

static const char *const code_names[] = {
#define E(name, text) text,
	ERROR_CODES(E)
#undef E
};

const char *error_code_name(int code)
{
	return code >= 0 && (size_t) code < sizeof code_names / sizeof *code_names ? code_names[code] : "system";
}

const char *errno_text(int number)
{
	static char text[128];

	snprintf(text, sizeof text, "%s", strerror(number));
	/* "RPC ..." and the like keep their capitals. */
	if (islower((unsigned char) text[1]))
		text[0] = (char) tolower((unsigned char) text[0]);
	return text;
}

static int set(struct error *err, int number, enum error_code code, const char *pointer, const char *fmt, va_list ap)
{
	char message[sizeof err->message];
	size_t n;

	vsnprintf(message, sizeof message, fmt, ap);
	n = strlen(message);
	if (number > 0)
		snprintf(message + n, sizeof message - n, ": %s", errno_text(number));

	*err = (struct error) { .number = number, .code = code };
	memcpy(err->message, message, sizeof message);
	snprintf(err->pointer, sizeof err->pointer, "%s", pointer);
	return -1;
}

int fail(struct error *err, int number, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(err, number, ERROR_SYSTEM, "", fmt, ap);
	va_end(ap);
	return -1;
}

int fail_code(struct error *err, enum error_code code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(err, 0, code, "", fmt, ap);
	va_end(ap);
	return -1;
}

int fail_at(struct error *err, const char *pointer, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(err, 0, ERROR_CONFIG, pointer, fmt, ap);
	va_end(ap);
	return -1;
}

int wrap(struct error *err, const char *fmt, ...)
{
	char context[256], *m = err->message;
	size_t n, keep;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(context, sizeof context - 2, fmt, ap);
	va_end(ap);
	n = strlen(context);
	memcpy(context + n, ": ", 3);
	n += 2;
	keep = strnlen(m, sizeof err->message - 1 - n);
	memmove(m + n, m, keep);
	memcpy(m, context, n);
	m[n + keep] = '\0';
	return -1;
}

int blame(struct error *err, const char *pointer)
{
	if (!err->pointer[0] && pointer)
		snprintf(err->pointer, sizeof err->pointer, "%s", pointer);
	return -1;
}

void error_print(const struct error *err, char *out, size_t size)
{
	int n = 0;

	if (err->line && err->pointer[0])
		n = snprintf(out, size, "%s:%u:%u: %s: ", err->file, err->line, err->column, err->pointer);
	else if (err->line)
		n = snprintf(out, size, "%s:%u:%u: ", err->file, err->line, err->column);
	else if (err->pointer[0])
		n = snprintf(out, size, "%s%s%s: ", err->file, err->file[0] ? ": " : "", err->pointer);
	if (n >= 0 && (size_t) n < size)
		snprintf(out + n, size - (size_t) n, "%s", err->message);
}
