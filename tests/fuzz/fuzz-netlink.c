/* A netlink message: attributes of any length and alignment, in a buffer of exactly their size. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sys/netlink.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const size_t fixed[] = { sizeof(struct ifinfomsg), sizeof(struct ifaddrmsg), sizeof(struct nlmsgerr) };
	struct nlmsghdr *answer;
	size_t found;

	if (n < sizeof *answer)
		return 0;
	answer = malloc(n);
	memcpy(answer, bytes, n);
	answer->nlmsg_len = (uint32_t) n;
	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
		for (unsigned type = 0; type < 60; type++) {
			const unsigned char *value = netlink_attribute(answer, fixed[i], type, 1, &found);
			if (value && (found == 0 || value + found > (unsigned char *) answer + n || value[0] + value[found - 1] < 0))
				abort();
		}
	free(answer);
	return 0;
}
