/* test-sys-netlink.c - netlink messages: what does not fit is not sent, what is torn is not read, and the real kernel answers */
#include <errno.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "sys/netlink.h"

static struct error err;

static void a_message_has_aligned_attributes(void **state)
{
	struct ifinfomsg info = { .ifi_index = 7 };
	struct netlink_message m;
	const char *name;
	size_t n;

	(void) state;
	netlink_begin(&m, RTM_NEWLINK, NLM_F_CREATE, &info, sizeof info);
	netlink_add_text(&m, IFLA_IFNAME, "eth0");
	netlink_add(&m, IFLA_NET_NS_FD, &info.ifi_index, sizeof info.ifi_index);
	assert_false(m.spoilt);
	assert_int_equal(m.head.nlmsg_len, NLMSG_LENGTH(sizeof info) + RTA_SPACE(5) + RTA_LENGTH(4));
	assert_int_equal(m.head.nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE);
	name = netlink_attribute(&m.head, sizeof info, IFLA_IFNAME, 2, &n);
	assert_non_null(name);
	assert_int_equal(n, 5);
	assert_string_equal(name, "eth0");
	assert_non_null(netlink_attribute(&m.head, sizeof info, IFLA_NET_NS_FD, 4, &n));
	assert_null(netlink_attribute(&m.head, sizeof info, IFLA_NET_NS_FD, 5, &n));
	assert_null(netlink_attribute(&m.head, sizeof info, IFLA_MTU, 1, &n));
}

static void what_does_not_fit_spoils_the_message(void **state)
{
	static char long_text[70 << 10];
	struct ifinfomsg info = { 0 };
	struct netlink_message m;
	struct netlink nl = { .fd = -1 };
	unsigned i;

	(void) state;
	memset(long_text, 'x', sizeof long_text - 1);
	netlink_begin(&m, RTM_NEWLINK, 0, &info, sizeof info);
	/* 65,536 + 8 would be 8 in the 16 bits of its length (CVE-2021-43784). */
	netlink_add(&m, IFLA_IFNAME, long_text, 65536 + 4);
	assert_true(m.spoilt);
	assert_int_equal(m.head.nlmsg_len, NLMSG_LENGTH(sizeof info));
	assert_int_equal(netlink_talk(&nl, &m, NULL, NULL, &err), -1);
	assert_int_equal(err.number, EMSGSIZE);
	netlink_begin(&m, RTM_NEWLINK, 0, &info, sizeof info);
	for (i = 0; !m.spoilt && i < 1000; i++)
		netlink_add(&m, IFLA_ADDRESS, "12345678", 8);
	assert_true(m.spoilt && i > 50);
	assert_true(m.head.nlmsg_len <= sizeof m.bytes);
	netlink_begin(&m, RTM_NEWLINK, 0, &info, sizeof info);
	netlink_add(&m, IFLA_ADDRESS, long_text, sizeof m.bytes - NLMSG_LENGTH(sizeof info) - RTA_LENGTH(0));
	assert_false(m.spoilt);
	netlink_add(&m, IFLA_ADDRESS, long_text, 0);
	assert_true(m.spoilt);
}

static void torn_attributes_are_not_read(void **state)
{
	struct ifinfomsg info = { 0 };
	struct netlink_message m;
	struct rtattr a = { .rta_len = 3, .rta_type = IFLA_MTU };
	size_t n, at = NLMSG_SPACE(sizeof info);

	(void) state;
	netlink_begin(&m, RTM_NEWLINK, 0, &info, sizeof info);
	netlink_add_text(&m, IFLA_MTU, "1234567");
	memcpy(m.bytes + at, &a, sizeof a);
	assert_null(netlink_attribute(&m.head, sizeof info, IFLA_MTU, 0, &n));
	a.rta_len = 60000;
	memcpy(m.bytes + at, &a, sizeof a);
	assert_null(netlink_attribute(&m.head, sizeof info, IFLA_MTU, 0, &n));
	m.head.nlmsg_len = NLMSG_LENGTH(sizeof info) + 2;
	assert_null(netlink_attribute(&m.head, sizeof info, IFLA_MTU, 0, &n));
	m.head.nlmsg_len = 4;
	assert_null(netlink_attribute(&m.head, sizeof info, IFLA_MTU, 0, &n));
}

struct seen {
	unsigned links;
	char name[IFNAMSIZ];
};

static bool see(void *context, const struct nlmsghdr *answer)
{
	struct seen *seen = context;
	size_t n;
	const char *name = netlink_attribute(answer, sizeof(struct ifinfomsg), IFLA_IFNAME, 2, &n);

	seen->links += answer->nlmsg_type == RTM_NEWLINK;
	if (name)
		snprintf(seen->name, sizeof seen->name, "%s", name);
	return false;
}

static void the_kernel_answers(void **state)
{
	struct ifinfomsg info = { .ifi_index = 1 };
	struct seen seen = { 0 };
	struct netlink_message m;
	struct netlink nl;

	(void) state;
	assert_int_equal(netlink_open(&nl, &err), 0);
	auto_fd fd = nl.fd;
	netlink_begin(&m, RTM_GETLINK, 0, &info, sizeof info);
	assert_int_equal(netlink_talk(&nl, &m, see, &seen, &err), 0);
	assert_int_equal(seen.links, 1);
	assert_string_equal(seen.name, "lo");
	seen.links = 0;
	netlink_begin(&m, RTM_GETLINK, NLM_F_DUMP, &info, sizeof info);
	assert_int_equal(netlink_talk(&nl, &m, see, &seen, &err), 0);
	assert_true(seen.links >= 1);
	info.ifi_index = 0;
	netlink_begin(&m, RTM_GETLINK, 0, &info, sizeof info);
	netlink_add_text(&m, IFLA_IFNAME, "no-such-device");
	assert_int_equal(netlink_talk(&nl, &m, see, &seen, &err), -1);
	assert_int_equal(err.number, ENODEV);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_has_aligned_attributes),
		cmocka_unit_test(what_does_not_fit_spoils_the_message),
		cmocka_unit_test(torn_attributes_are_not_read),
		cmocka_unit_test(the_kernel_answers),
	};

	return cmocka_run_group_tests_name("netlink", tests, NULL, NULL);
}
