/* Signal names come from the command line and from clients: no text may give a number that is not a signal. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys/signals.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char *text = malloc(n + 1);
	int sig;

	if (!text)
		return 0;
	memcpy(text, bytes, n);
	text[n] = '\0';
	sig = signal_parse(text);
	if (sig < -1 || sig > 64)
		abort();
	/* What we print can be read back. */
	if (sig > 0 && sig != 32 && sig != 33 && signal_parse(signal_name(sig)) != sig)
		abort();
	free(text);
	return 0;
}
