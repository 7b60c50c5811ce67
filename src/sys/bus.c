/*
 * bus.c - see bus.h
 *
 * libdbus has habits that a runtime must not have, all dealt with here: it
 * sets SIGPIPE to "ignore", which a container's program would inherit; it
 * aborts on a text that is not UTF-8; it would start a bus daemon for an
 * address that says "autolaunch"; and it always claims to be geteuid().
 */
#ifdef HAVE_SYSTEMD
#include <dbus/dbus.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/number.h"
#include "base/text.h"
#include "sys/bus-uid.h"
#include "sys/bus.h"
#include "sys/host.h"

#define SYSTEMD	    "org.freedesktop.systemd1"
#define PATIENCE_MS 30000
#define FIRST_MS    4		/* systemd answers at once, unless it is busy */
#define ABSENT_MS   3000	/* for systemd to appear on a bus */
#define RESTART_MS  30000	/* for systemd to re-execute itself (daemon-reexec), perhaps more than once */
#define RETRY_MS    40
#define MAX_TEXTS   8

struct bus {
	DBusConnection *connection;
	bool daemon;		/* there is a bus daemon between us: calls need a destination, signals a match rule */
	char peer[64];		/* then: systemd's own name on the bus, known from its first answer */
	bool cut;		/* a connection broke off right at the start */
	bool left;		/* systemd has left the bus: whether it did what it was asked for, nobody can tell */
	char error_name[128];
	int patience;		/* ms that an answer may take */
	unsigned version;
};

/* ---- connecting ----------------------------------------------------------- */

static int refused(struct bus *bus, const DBusError *problem, struct error *err)
{
	bool late =
		dbus_error_has_name(problem, DBUS_ERROR_NO_REPLY) || dbus_error_has_name(problem, DBUS_ERROR_TIMEOUT);

	snprintf(bus->error_name, sizeof bus->error_name, "%s", problem->name);
	fail_code(err, late ? ERROR_TIMEOUT : ERROR_SYSTEM, "%s", problem->message);
	if (dbus_error_has_name(problem, DBUS_ERROR_ACCESS_DENIED) ||
	    dbus_error_has_name(problem, DBUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED))
		err->number = EACCES;
	return -1;
}

static int out_of_memory(struct error *err)
{
	return fail(err, ENOMEM, "make a D-Bus message");
}

/* ADDRESS must name only unix sockets: other kinds would run programs or cross the network. */
static bool plain_address(const char *address)
{
	for (const char *at = address; at; at = strchr(at, ';'), at += at != NULL)
		if (strncmp(at, "unix:", 5) != 0)
			return false;
	return true;
}

static int ask_version(struct bus *bus, int ms, char **text, struct error *err)
{
	static const struct bus_object manager = { "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager" };
	const int usual = bus->patience;
	int result;

	bus->patience = ms;
	result = bus_get(bus, &manager, "Version", text, err);
	bus->patience = usual;
	return result;
}

/*
 * Two things can go wrong at the start: if the first call arrives together
 * with the last word of the log-in, systemd notices it only when more arrives
 * (257); and a user's bus that our connection has started may not have systemd
 * on it yet.  Asking again helps with both.
 *
 * On a direct connection this is also where we learn whether we are let in.
 */
static int greet(struct bus *bus, struct error *err)
{
	const int64_t end = clock_ms() + (bus->daemon ? ABSENT_MS : PATIENCE_MS);
	auto_free char *text = NULL;
	uint64_t number = 0;

	for (int ms = bus->daemon ? PATIENCE_MS : FIRST_MS; ask_version(bus, ms, &text, err) < 0;) {
		bool again = !strcmp(bus->error_name, bus->daemon ? DBUS_ERROR_NAME_HAS_NO_OWNER : DBUS_ERROR_NO_REPLY);

		if (!again || bus_lost(bus) || clock_ms() > end)
			return -1;
		if (bus->daemon)
			clock_sleep(RETRY_MS);
		else
			ms *= 2;
	}
	/* "257.13-1~deb13u1", "v239" */
	const char *at = text + strcspn(text, "0123456789");
	if (!number_take(&at, &number) || number > 100000)
		return fail_code(err, ERROR_PROTOCOL, "systemd calls itself version \"%s\"", text);
	bus->version = (unsigned) number;
	return 0;
}

static void disconnect(struct bus *bus)
{
	dbus_connection_close(bus->connection);
	dbus_connection_unref(bus->connection);
	bus->connection = NULL;
}

static int connect_to(struct bus *bus, const char *address, bool daemon, struct error *err)
{
	DBusError problem = DBUS_ERROR_INIT;
	int result;

	if (!plain_address(address))
		return fail_code(err, ERROR_UNSUPPORTED, "%s is no address of a unix socket", address);
	bus->daemon = daemon;
	bus->connection = dbus_connection_open_private(address, &problem);
	if (bus->connection) {
		dbus_connection_set_exit_on_disconnect(bus->connection, FALSE);
		if (daemon && !dbus_bus_register(bus->connection, &problem))
			disconnect(bus);
	}
	if (bus->connection) {
		result = greet(bus, err);
		if (result == 0)
			return 0;
		bus->cut |= !strcmp(bus->error_name, DBUS_ERROR_NO_REPLY) ||
			    !strcmp(bus->error_name, DBUS_ERROR_DISCONNECTED);
		disconnect(bus);
	} else {
		refused(bus, &problem, err);
		dbus_error_free(&problem);
	}
	return wrap(err, "%s", address);
}

static int try_direct(struct bus *bus, const char *folder, struct error *err)
{
	auto_free char *path = xasprintf("%s/systemd/private", folder);
	char *escaped = dbus_address_escape_value(path);
	auto_free char *address = xasprintf("unix:path=%s", escaped ? escaped : "");

	dbus_free(escaped);
	return connect_to(bus, address, false, err);
}

/* Try the direct way, then the bus at ADDRESS. */
static int open_either(struct bus *bus, const char *folder, const char *address, struct error *err)
{
	struct error second;

	if (try_direct(bus, folder, err) == 0 || connect_to(bus, address, true, &second) == 0)
		return 0;
	auto_free char *first = xstrdup(err->message);
	return fail_code(err, second.code, "%s; %s", first, second.message);
}

static int open_system(struct bus *bus, struct error *err)
{
	const char *given = getenv("DBUS_SYSTEM_BUS_ADDRESS");

	return open_either(bus, "/run", given && *given ? given : "unix:path=/run/dbus/system_bus_socket", err);
}

static int open_user(struct bus *bus, struct error *err)
{
	const char *given = getenv("DBUS_SESSION_BUS_ADDRESS"), *folder = getenv("XDG_RUNTIME_DIR");
	bool inside = !host_in_initial_userns();
	uid_t uid = inside ? bus_uid_outside() : geteuid();
	auto_free char *usual = xasprintf("/run/user/%u", (unsigned) uid), *address = NULL;
	int result;

	if (!folder || !*folder)
		folder = usual;
	if (inside)
		bus_claim_uid(uid);
	address = given && *given ? xstrdup(given) : xasprintf("unix:path=%s/bus", folder);
	result = open_either(bus, folder, address, err);
	bus_claim_uid((uid_t) -1);
	return result;
}

struct bus *bus_open(bool user, struct error *err)
{
	struct bus *bus = xcalloc(1, sizeof *bus);
	const int64_t end = clock_ms() + RESTART_MS;

	bus->patience = PATIENCE_MS;
	dbus_connection_set_change_sigpipe(FALSE);
	while ((user ? open_user(bus, err) : open_system(bus, err)) < 0) {
		if (!bus->cut || clock_ms() > end) {
			wrap(err, user ? "reach the systemd of this user" : "reach systemd");
			free(bus);
			return NULL;
		}
		/* systemd is being restarted. */
		bus->cut = false;
		clock_sleep(RETRY_MS);
	}
	return bus;
}

void bus_close(struct bus *bus)
{
	if (!bus)
		return;
	disconnect(bus);
	free(bus);
}

unsigned bus_version(const struct bus *bus)
{
	return bus->version;
}

const char *bus_error_name(const struct bus *bus)
{
	return bus->error_name;
}

bool bus_lost(const struct bus *bus)
{
	return bus->left || !dbus_connection_get_is_connected(bus->connection);
}

/* ---- messages ------------------------------------------------------------- */

static bool append(DBusMessageIter *to, const struct bus_value *value);

static bool append_text(DBusMessageIter *to, const char *text)
{
	return dbus_message_iter_append_basic(to, DBUS_TYPE_STRING, &text);
}

static bool append_number(DBusMessageIter *to, int type, uint64_t number)
{
	DBusBasicValue basic = { 0 };

	if (type == DBUS_TYPE_BOOLEAN)
		basic.bool_val = number != 0;
	else if (type == DBUS_TYPE_UINT64)
		basic.u64 = number;
	else
		basic.u32 = (uint32_t) number;
	return dbus_message_iter_append_basic(to, type, &basic);
}

/* Element I of a list whose elements are of TYPE. */
static bool append_element(DBusMessageIter *to, const char *type, const struct bus_value *value, size_t i)
{
	DBusMessageIter inner, variant;
	const struct bus_property *property = value->list;
	const struct bus_pair *pair = value->list;

	if (!strcmp(type, "s"))
		return append_text(to, ((char *const *) value->list)[i]);
	if (!strcmp(type, "u"))
		return append_number(to, DBUS_TYPE_UINT32, ((const uint32_t *) value->list)[i]);
	if (!dbus_message_iter_open_container(to, DBUS_TYPE_STRUCT, NULL, &inner))
		return false;
	if (!strcmp(type, "(ss)"))
		return append_text(&inner, pair[i].first) && append_text(&inner, pair[i].second) &&
		       dbus_message_iter_close_container(to, &inner);
	return append_text(&inner, property[i].name) &&
	       dbus_message_iter_open_container(&inner, DBUS_TYPE_VARIANT, property[i].value.type, &variant) &&
	       append(&variant, &property[i].value) && dbus_message_iter_close_container(&inner, &variant) &&
	       dbus_message_iter_close_container(to, &inner);
}

static bool append(DBusMessageIter *to, const struct bus_value *value)
{
	const char *element = value->type + 1;
	const uint8_t *bytes = value->list;
	DBusMessageIter list;

	if (value->type[0] == 's')
		return append_text(to, value->text);
	if (value->type[0] != 'a')
		return append_number(to, value->type[0], value->number);
	if (!dbus_message_iter_open_container(to, DBUS_TYPE_ARRAY, element, &list))
		return false;
	if (!strcmp(element, "y")) {
		if (value->n && !dbus_message_iter_append_fixed_array(&list, DBUS_TYPE_BYTE, &bytes, (int) value->n))
			return false;
	} else {
		for (size_t i = 0; i < value->n; i++)
			if (!append_element(&list, element, value, i))
				return false;
	}
	return dbus_message_iter_close_container(to, &list);
}

/* libdbus ends the program on a text that is not UTF-8. */
static int check_text(const char *text, struct error *err)
{
	return dbus_validate_utf8(text, NULL) ? 0 : fail(err, EILSEQ, "\"%s\" is not UTF-8", text);
}

static int check(const struct bus_value *value, struct error *err)
{
	const struct bus_property *properties = value->list;
	const struct bus_pair *pairs = value->list;

	if (!strcmp(value->type, "s"))
		return check_text(value->text, err);
	for (size_t i = 0; i < value->n; i++) {
		int result = 0;

		if (!strcmp(value->type, "as"))
			result = check_text(((char *const *) value->list)[i], err);
		else if (!strcmp(value->type, "a(ss)"))
			result = check_text(pairs[i].first, err) < 0 ? -1 : check_text(pairs[i].second, err);
		else if (!strcmp(value->type, "a(sv)"))
			result = check_text(properties[i].name, err) < 0 ? -1 : check(&properties[i].value, err);
		if (result < 0)
			return -1;
	}
	return 0;
}

/* The first text at AT, or in a variant there. */
static char *first_text(DBusMessageIter *at)
{
	const char *text;

	switch (dbus_message_iter_get_arg_type(at)) {
	case DBUS_TYPE_STRING:
	case DBUS_TYPE_OBJECT_PATH:
		dbus_message_iter_get_basic(at, &text);
		return xstrdup(text);
	case DBUS_TYPE_VARIANT: {
		DBusMessageIter inner;

		dbus_message_iter_recurse(at, &inner);
		return first_text(&inner);
	}
	default:
		return NULL;
	}
}

static DBusMessage *new_call(const struct bus *bus, const struct bus_object *object, const char *method,
			     const struct bus_value *args, size_t n)
{
	bool to_daemon = !strcmp(object->interface, DBUS_INTERFACE_DBUS);
	const char *whom = !bus->daemon ? NULL : to_daemon ? DBUS_SERVICE_DBUS
							   : SYSTEMD;
	DBusMessage *message = dbus_message_new_method_call(whom, object->path, object->interface, method);
	DBusMessageIter at;

	if (!message)
		return NULL;
	dbus_message_set_auto_start(message, FALSE);
	dbus_message_iter_init_append(message, &at);
	for (size_t i = 0; i < n; i++)
		if (!append(&at, &args[i])) {
			dbus_message_unref(message);
			return NULL;
		}
	return message;
}

int bus_call(struct bus *bus, const struct bus_object *object, const char *method, const struct bus_value *args,
	     size_t n, char **text, struct error *err)
{
	DBusError problem = DBUS_ERROR_INIT;
	DBusMessage *message, *reply;
	DBusMessageIter at;
	const int64_t end = clock_ms() + bus->patience;

	bus->error_name[0] = '\0';
	for (size_t i = 0; i < n; i++)
		if (check(&args[i], err) < 0)
			return wrap(err, "%s", method);
	message = new_call(bus, object, method, args, n);
	if (!message)
		return out_of_memory(err);
	reply = dbus_connection_send_with_reply_and_block(bus->connection, message, bus->patience, &problem);
	dbus_message_unref(message);
	if (!reply) {
		/* The bus daemon answers for who has gone; our own patience ends later. */
		bus->left |= bus->daemon && dbus_error_has_name(&problem, DBUS_ERROR_NO_REPLY) && clock_ms() < end;
		refused(bus, &problem, err);
		dbus_error_free(&problem);
		return wrap(err, "%s", method);
	}
	if (bus->daemon && strcmp(object->interface, DBUS_INTERFACE_DBUS) != 0)
		snprintf(bus->peer, sizeof bus->peer, "%s", dbus_message_get_sender(reply));
	if (text)
		*text = dbus_message_iter_init(reply, &at) ? first_text(&at) : NULL;
	dbus_message_unref(reply);
	return 0;
}

int bus_get(struct bus *bus, const struct bus_object *object, const char *property, char **text, struct error *err)
{
	const struct bus_object properties = { object->path, DBUS_INTERFACE_PROPERTIES };
	const struct bus_value args[] = { BUS_TEXT(object->interface), BUS_TEXT(property) };

	if (bus_call(bus, &properties, "Get", args, 2, text, err) < 0)
		return wrap(err, "%s", property);
	if (!*text)
		return fail_code(err, ERROR_PROTOCOL, "systemd's property %s is no text", property);
	return 0;
}

/* ---- signals -------------------------------------------------------------- */

int bus_listen(struct bus *bus, const struct bus_object *object, const char *member, struct error *err)
{
	static const struct bus_object daemon = { DBUS_PATH_DBUS, DBUS_INTERFACE_DBUS };
	static const char departure[] = "type='signal',sender='" DBUS_SERVICE_DBUS "',interface='" DBUS_INTERFACE_DBUS
					"',member='NameOwnerChanged',arg0='" SYSTEMD "'";
	auto_free char *rule = NULL;

	/* systemd sends its signals to every direct connection. */
	if (!bus->daemon)
		return 0;
	rule = xasprintf("type='signal',sender='" SYSTEMD "',path='%s',interface='%s',member='%s'", object->path,
			 object->interface, member);
	if (bus_call(bus, &daemon, "AddMatch", &BUS_TEXT(departure), 1, NULL, err) < 0)
		return -1;
	return bus_call(bus, &daemon, "AddMatch", &BUS_TEXT(rule), 1, NULL, err);
}

/* The first MAX_TEXTS texts in MESSAGE, and how many they are. */
static size_t texts_of(DBusMessage *message, const char *texts[MAX_TEXTS])
{
	size_t n = 0;
	DBusMessageIter at;

	if (!dbus_message_iter_init(message, &at))
		return 0;
	do {
		int type = dbus_message_iter_get_arg_type(&at);

		if (type == DBUS_TYPE_STRING || type == DBUS_TYPE_OBJECT_PATH)
			dbus_message_iter_get_basic(&at, &texts[n++]);
	} while (n < MAX_TEXTS && dbus_message_iter_next(&at));
	return n;
}

static bool accepted(const struct bus *bus, DBusMessage *message, bus_match *match, void *context)
{
	const char *texts[MAX_TEXTS], *sender = dbus_message_get_sender(message);

	/* Anybody on a bus may send us a signal. */
	if (bus->daemon && (!sender || strcmp(sender, bus->peer) != 0))
		return false;
	return match(texts, texts_of(message, texts), context);
}

/* True if MESSAGE is the bus daemon's word that the systemd we asked has left (to re-execute itself). */
static bool is_departure(const struct bus *bus, DBusMessage *message)
{
	const char *texts[MAX_TEXTS], *sender = dbus_message_get_sender(message);

	/* The daemon lets nobody else have its name. */
	return bus->daemon && sender && !strcmp(sender, DBUS_SERVICE_DBUS) &&
	       dbus_message_is_signal(message, DBUS_INTERFACE_DBUS, "NameOwnerChanged") &&
	       texts_of(message, texts) >= 2 && !strcmp(texts[1], bus->peer);
}

int bus_wait(struct bus *bus, const struct bus_object *object, const char *member, bus_match *match, void *context,
	     int64_t deadline, struct error *err)
{
	for (;;) {
		DBusMessage *message;
		int64_t left;

		while ((message = dbus_connection_pop_message(bus->connection))) {
			bool found = dbus_message_is_signal(message, object->interface, member) &&
				     accepted(bus, message, match, context);

			bus->left |= is_departure(bus, message);
			dbus_message_unref(message);
			if (found)
				return 0;
		}
		if (bus->left)
			return fail_code(err, ERROR_PROTOCOL, "systemd has left the bus");
		left = deadline - clock_ms();
		if (left <= 0)
			return fail_code(err, ERROR_TIMEOUT, "systemd did not say in time that it is done");
		/* False once the connection has ended and nothing is left to read. */
		if (!dbus_connection_read_write(bus->connection, (int) left) && bus_lost(bus))
			return fail_code(err, ERROR_PROTOCOL, "the connection to systemd ended");
	}
}

char *bus_escape(const char *name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	struct text t = { 0 };

	for (const char *at = name; *at; at++) {
		/* A digit may not come first. */
		if (strchr(plain, *at) && !(at == name && *at >= '0' && *at <= '9'))
			text_add_bytes(&t, at, 1);
		else
			text_addf(&t, "_%02x", (unsigned char) *at);
	}
	return text_take(&t);
}

#endif
