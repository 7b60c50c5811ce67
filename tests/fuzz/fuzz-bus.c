/*
 * fuzz-bus.c - a message from the bus: an answer, or a signal, whoever sent it
 *
 * libdbus takes it apart; this tests what we make of the parts.  A text that was found must be in the message.
 */
#include <stdint.h>
#include <stdlib.h>

#ifdef HAVE_SYSTEMD
#include "src/sys/bus.c"

static const char *const from = ":1.1";
static bool asked;

static void must(bool true_)
{
	if (!true_)
		abort();
}

static bool look(const char *const *texts, size_t n, void *context)
{
	asked = true;
	must(n <= MAX_TEXTS);
	for (size_t i = 0; i < n; i++)
		must(dbus_validate_utf8(texts[i], NULL));
	return n > 0 && !strcmp(texts[0], context);
}

static void try_message(DBusMessage *message)
{
	struct bus bus = { .daemon = true };
	const char *sender = dbus_message_get_sender(message);
	char job[] = "/job";
	DBusMessageIter at;

	if (dbus_message_iter_init(message, &at)) {
		auto_free char *text = first_text(&at);

		must(!text || dbus_validate_utf8(text, NULL));
	}
	snprintf(bus.peer, sizeof bus.peer, "%s", from);
	asked = false;
	accepted(&bus, message, look, job);
	/* Nobody else's word is heard. */
	must(asked == (sender && !strcmp(sender, from)));
	bus.daemon = false;
	accepted(&bus, message, look, job);
	must(asked);
}
#endif

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
#ifdef HAVE_SYSTEMD
	DBusError problem = DBUS_ERROR_INIT;
	DBusMessage *message = dbus_message_demarshal((const char *) bytes, (int) n, &problem);

	if (message) {
		try_message(message);
		dbus_message_unref(message);
	}
	dbus_error_free(&problem);
#else
	(void) bytes;
	(void) n;
#endif
	return 0;
}
