/* bus-none.c - bus.h for a build without systemd: there is no connection, so nothing else is ever called */
#ifndef HAVE_SYSTEMD
#include "base/alloc.h"
#include "base/error.h"
#include "sys/bus.h"

struct bus *bus_open(bool user, struct error *err)
{
	(void) user;
	fail_code(err, ERROR_UNSUPPORTED, "this ctr-run was built without systemd (configure --without-systemd)");
	return NULL;
}

void bus_close(struct bus *bus)
{
	(void) bus;
}

unsigned bus_version(const struct bus *bus)
{
	(void) bus;
	return 0;
}

int bus_call(struct bus *bus, const struct bus_object *object, const char *method, const struct bus_value *args,
	     size_t n, char **text, struct error *err)
{
	(void) bus, (void) object, (void) method, (void) args, (void) n, (void) text;
	return fail_code(err, ERROR_UNSUPPORTED, "no systemd");
}

int bus_get(struct bus *bus, const struct bus_object *object, const char *property, char **text, struct error *err)
{
	(void) property;
	return bus_call(bus, object, "Get", NULL, 0, text, err);
}

const char *bus_error_name(const struct bus *bus)
{
	(void) bus;
	return "";
}

bool bus_lost(const struct bus *bus)
{
	(void) bus;
	return false;
}

int bus_listen(struct bus *bus, const struct bus_object *object, const char *member, struct error *err)
{
	return bus_call(bus, object, member, NULL, 0, NULL, err);
}

int bus_wait(struct bus *bus, const struct bus_object *object, const char *member, bus_match *match, void *context,
	     int64_t deadline, struct error *err)
{
	(void) match, (void) context, (void) deadline;
	return bus_call(bus, object, member, NULL, 0, NULL, err);
}

char *bus_escape(const char *name)
{
	return xstrdup(name);
}
#endif
