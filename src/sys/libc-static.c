/*
 * libc-static.c - what a static glibc brings along and must never do here
 *
 * glibc's stdio can convert character sets, translate messages and read locales.
 * It does none of this without setlocale(3), which banned.h forbids, but all of
 * it is linked, and with it the loader of shared libraries.  A runtime that has
 * entered a container must load none (CVE-2019-14271), so this program has no
 * loader: these replace the few functions that would pull it in, and each says
 * "there is none".  That also saves 300 kB.
 *
 * All are weak: should another libc need the real one for something else, the
 * linker takes that, and only the size suffers.  tests/bats/binary.bats notices.
 */
#ifdef STATIC_LINK
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define STANDS_FOR(name) __asm__(name) __attribute__((weak))

/* A failed assertion of a library, or of malloc: reported without glibc's wide characters and translations. */
_Noreturn void assertion(const char *what, const char *file, unsigned line, const char *function)
	STANDS_FOR("__assert_fail");

/* Messages stay as they are: no catalogue is looked for (LANGUAGE, NLSPATH). */
char *as_it_is(const char *domain, const char *message, int category) STANDS_FOR("dcgettext");
char *as_it_is_inside(const char *domain, const char *message, int category) STANDS_FOR("__dcgettext");

/* gconv, under iconv and wide streams: only built-in conversions, none of the machine's modules (GCONV_PATH). */
int no_conversion(const char *to, const char *from, void **steps, size_t *n, int flags)
	STANDS_FOR("__gconv_find_transform");
int no_end_of_conversion(void *steps, size_t n) STANDS_FOR("__gconv_close_transform");
void no_step(void *step) STANDS_FOR("__gconv_release_step");
int no_narrowing(void) STANDS_FOR("__gconv_transform_internal_ascii");
int no_widening(void) STANDS_FOR("__gconv_transform_ascii_internal");
int no_wide_byte(void *step, unsigned char byte) STANDS_FOR("__gconv_btwoc_ascii");
extern int conversion_lock STANDS_FOR("__gconv_lock");

/* setlocale's lock, which glibc's own functions take; the real one brings the readers of locale archives. */
extern uint64_t locale_lock[8] STANDS_FOR("__libc_setlocale_lock");

/* The loader's search path and the program's own folder, looked up at every start although nothing is ever loaded. */
void no_search_path(void) STANDS_FOR("_dl_init_paths");
const char *no_origin(void) STANDS_FOR("_dl_get_origin");

/* We print no numbers with a fraction (43 kB), and none as wide characters.  The names up to glibc 2.36, and the
 * later ones. */
int no_fraction(void) STANDS_FOR("__printf_fp");
int no_fraction_in_hex(void) STANDS_FOR("__printf_fphex");
void no_fraction_since(void) STANDS_FOR("__printf_fp_l_buffer");
void no_fraction_in_hex_since(void) STANDS_FOR("__printf_fphex_l_buffer");
size_t no_wide_text(char *to, const int **from, size_t n, void *state) STANDS_FOR("__wcsrtombs");

/* yajl uses it for numbers with a fraction, unless they are taken as text, as json-read.c does. */
double no_number(const char *text, char **end) STANDS_FOR("strtod");

/* Frames are unwound for exceptions and cancelled threads; we have neither.  .eh_frame goes with it
 * (tools/static.ld). */
_Noreturn void no_unwinding(void *exception) STANDS_FOR("_Unwind_Resume");
int no_personality(void) STANDS_FOR("__gcc_personality_v0");

_Noreturn void assertion(const char *what, const char *file, unsigned line, const char *function)
{
	char text[512];
	int n = snprintf(text, sizeof text, "ctr-run: %s:%u: %s: not so: %s\n", file, line, function ? function : "",
			 what);

	if (n > 0 && write(STDERR_FILENO, text, (size_t) n < sizeof text ? (size_t) n : sizeof text - 1) < 0)
		abort();
	abort();
}

char *as_it_is(const char *domain, const char *message, int category)
{
	(void) domain, (void) category;
	return (char *) (uintptr_t) message;
}

char *as_it_is_inside(const char *domain, const char *message, int category)
{
	return as_it_is(domain, message, category);
}

/* 1 is __GCONV_NOCONV, "not supported". */
int no_conversion(const char *to, const char *from, void **steps, size_t *n, int flags)
{
	(void) to, (void) from, (void) flags;
	*steps = NULL;
	*n = 0;
	return 1;
}

int no_end_of_conversion(void *steps, size_t n)
{
	(void) steps, (void) n;
	return 0;
}

void no_step(void *step)
{
	(void) step;
}

int conversion_lock;
uint64_t locale_lock[8];

void no_search_path(void)
{
}

const char *no_origin(void)
{
	return (const char *) -1;	/* "not known" */
}

int no_narrowing(void)
{
	return 1;
}

int no_widening(void)
{
	return 1;
}

int no_wide_byte(void *step, unsigned char byte)
{
	(void) step, (void) byte;
	return -1;	/* WEOF */
}

int no_fraction(void)
{
	return 0;
}

int no_fraction_in_hex(void)
{
	return 0;
}

void no_fraction_since(void)
{
}

void no_fraction_in_hex_since(void)
{
}

size_t no_wide_text(char *to, const int **from, size_t n, void *state)
{
	(void) to, (void) from, (void) n, (void) state;
	return (size_t) -1;
}

double no_number(const char *text, char **end)
{
	if (end)
		*end = (char *) (uintptr_t) text;
	return 0;
}

void no_unwinding(void *exception)
{
	(void) exception;
	abort();
}

int no_personality(void)
{
	abort();
}
#endif
