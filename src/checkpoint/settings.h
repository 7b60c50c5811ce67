/*
 * settings.h - what both checkpoint and restore tell CRIU
 */
#pragma once
#include "criu/swrk.h"
#include "libocispec/ocispec.h"

struct criu_settings;
struct error;
struct images;

/* Fill OPTIONS from SETTINGS and the container's annotations.  Whatever it points to remains the caller's. */
int settings_fill(const struct criu_settings *settings, const struct images *images, const struct oci_config *config,
		  struct criu_options *options, struct error *err);

/* Free the lists of OPTIONS. */
void settings_free(struct criu_options *options);

/* Add to ERR, from swrk_ask(), the first errors in CRIU's log and where the rest of it is. */
int settings_explain(const struct images *images, const char *log, const struct swrk *swrk,
		     const struct criu_reply *reply, struct error *err);

/* Parse "ADDRESS:PORT" or "[ADDRESS]:PORT".  The address is a new string. */
int settings_page_server(const char *text, struct criu_page_server *server, struct error *err);

/* Check that we are root of the machine, as CRIU needs. */
int settings_check_rights(const char *verb, struct error *err);
