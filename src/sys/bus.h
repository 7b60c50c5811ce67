/*
 * bus.h - asking systemd, over D-Bus
 *
 *	struct bus *bus = bus_open(false, &err);
 *	bus_call(bus, MANAGER, "StartTransientUnit", args, 4, &job, &err);
 *	bus_wait(bus, MANAGER, "JobRemoved", is_my_job, job, 30000, &err);
 *	bus_close(bus);
 *
 * A thin layer over libdbus, which nothing else uses.  A program that does not
 * call bus_open() pays nothing for it: libdbus has no constructor.
 *
 * systemd also listens on a socket of its own, with no bus daemon in between:
 * that is tried first.  All calls and waits are bounded.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct bus;

/* One argument of a call.  `type` is its D-Bus signature and says which members count. */
struct bus_value {
	const char *type;
	const char *text;	/* s */
	uint64_t number;	/* b i u t */
	const void *list;	/* as: char *const *; au: uint32_t; ay: uint8_t; a(ss): struct bus_pair;
				 * a(sv): struct bus_property; a(sa(sv)): always empty */
	size_t n;		/* of list */
};

struct bus_property {
	const char *name;
	struct bus_value value;
};

struct bus_pair {
	const char *first, *second;
};

#define BUS_TEXT(s)	   ((struct bus_value) { .type = "s", .text = (s) })
#define BUS_BOOL(b)	   ((struct bus_value) { .type = "b", .number = (b) })
#define BUS_INT(i)	   ((struct bus_value) { .type = "i", .number = (uint64_t) (i) })
#define BUS_UINT32(u)	   ((struct bus_value) { .type = "u", .number = (u) })
#define BUS_UINT64(t)	   ((struct bus_value) { .type = "t", .number = (t) })
#define BUS_LIST(t, l, k) ((struct bus_value) { .type = (t), .list = (l), .n = (k) })

/* An object and one of its interfaces. */
struct bus_object {
	const char *path, *interface;
};

/* Connect to the machine's systemd, as root, or (USER) to that of our user.  NULL with ERR, which names every way that
 * was tried. */
struct bus *bus_open(bool user, struct error *err);

/* The version of that systemd: 257. */
unsigned bus_version(const struct bus *bus);

/* NULL is fine. */
void bus_close(struct bus *bus);

/* Call METHOD and wait for the answer, at most 30 s.  *TEXT (may be NULL) gets the first text or object path in it,
 * even inside a variant, for the caller to free; NULL if there is none.  -1 with ERR: what the other side said. */
int bus_call(struct bus *bus, const struct bus_object *object, const char *method, const struct bus_value *args,
	     size_t n, char **text, struct error *err);

/* Get a property that is a text or a path. */
int bus_get(struct bus *bus, const struct bus_object *object, const char *property, char **text, struct error *err);

/* The D-Bus name of the last call's error, such as "org.freedesktop.systemd1.UnitExists"; "" if it had none. */
const char *bus_error_name(const struct bus *bus);

/* True if the connection has ended, or systemd has left the bus: it was restarted, say.  A new one may work. */
bool bus_lost(const struct bus *bus);

/* Subscribe to the signals MEMBER of OBJECT.  To be done before the call whose effect they announce. */
int bus_listen(struct bus *bus, const struct bus_object *object, const char *member, struct error *err);

/* Gets the texts and paths of a signal, in order; returns true if it is the one we wait for. */
typedef bool bus_match(const char *const *texts, size_t n, void *context);

/* Wait for a signal that MATCH accepts, including those that came during calls; at most until DEADLINE (of
 * clock_ms()).  ERROR_TIMEOUT if none comes. */
int bus_wait(struct bus *bus, const struct bus_object *object, const char *member, bus_match *match, void *context,
	     int64_t deadline, struct error *err);

/* NAME as part of an object path: all but letters and digits become _ and two hex digits.  The caller frees. */
char *bus_escape(const char *name);
