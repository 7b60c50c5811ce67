/*
 * bus-static.c - what a static libdbus wants and never gets
 *
 * libdbus is client and server in one.  The parts that we do not use (a
 * server's name service look-ups, TCP, sockets from systemd) would pull glibc's
 * NSS and resolver into the program, 170 kB that load shared libraries at run
 * time (CVE-2019-14271).  These take their place.  Each says "no", so what a
 * client can still get to (a log-in by a cookie in the home folder, after the
 * one by uid was refused) ends as refused.  The log daemon, to which only a
 * server reports, would bring strftime and the machine's time zones, 119 kB.
 */
#if defined HAVE_SYSTEMD && defined STATIC_LINK
#include <errno.h>
#include <netdb.h>
#include <pwd.h>
#include <stddef.h>

/* The names in banned.h cannot be written here. */
int no_user(const char *name, void *passwd, char *buffer, size_t size, void **result) __asm__("getpwnam_r");
int no_uid(unsigned uid, void *passwd, char *buffer, size_t size, void **result) __asm__("getpwuid_r");
int no_groups(const char *user, unsigned group, unsigned *groups, int *n) __asm__("getgrouplist");
int no_address(const char *node, const char *service, const void *hints, void **result) __asm__("getaddrinfo");
void no_address_free(void *result) __asm__("freeaddrinfo");
int no_name(const void *address, unsigned size, char *host, unsigned n_host, char *service, unsigned n_service,
	    int flags) __asm__("getnameinfo");
int no_sockets(int unset_environment) __asm__("sd_listen_fds");
int no_socket(int fd, int family, int type, int listening) __asm__("sd_is_socket");
void no_log(const char *ident, int option, int facility) __asm__("openlog");
void no_line(int priority, int flag, const char *format, void *arguments) __asm__("__vsyslog_chk");

int no_user(const char *name, void *passwd, char *buffer, size_t size, void **result)
{
	(void) name, (void) passwd, (void) buffer, (void) size;
	*result = NULL;
	return ENOENT;
}

int no_uid(unsigned uid, void *passwd, char *buffer, size_t size, void **result)
{
	(void) uid;
	return no_user(NULL, passwd, buffer, size, result);
}

int no_groups(const char *user, unsigned group, unsigned *groups, int *n)
{
	(void) user, (void) group, (void) groups;
	*n = 0;
	return -1;
}

int no_address(const char *node, const char *service, const void *hints, void **result)
{
	(void) node, (void) service, (void) hints, (void) result;
	return EAI_FAIL;
}

void no_address_free(void *result)
{
	(void) result;
}

int no_name(const void *address, unsigned size, char *host, unsigned n_host, char *service, unsigned n_service,
	    int flags)
{
	(void) address, (void) size, (void) host, (void) n_host, (void) service, (void) n_service, (void) flags;
	return EAI_FAIL;
}

int no_sockets(int unset_environment)
{
	(void) unset_environment;
	return 0;
}

int no_socket(int fd, int family, int type, int listening)
{
	(void) fd, (void) family, (void) type, (void) listening;
	return 0;
}

void no_log(const char *ident, int option, int facility)
{
	(void) ident, (void) option, (void) facility;
}

void no_line(int priority, int flag, const char *format, void *arguments)
{
	(void) priority, (void) flag, (void) format, (void) arguments;
}
#endif
