/*
 * settings.h - what checkpoint and restore tell CRIU alike
 */
#pragma once
#include "criu/swrk.h"
#include "libocispec/ocispec.h"

struct criu_settings;
struct error;
struct images;

/* Fill OPTIONS from SETTINGS and from the container's annotations.  Whatever it points to is the caller's. */
int settings_fill(const struct criu_settings *settings, const struct images *images, const struct oci_config *config,
		  struct criu_options *options, struct error *err);

/* Free the lists of OPTIONS. */
void settings_free(struct criu_options *options);

/* Add to ERR, which swrk_ask() made, what CRIU's log says first, and where the rest of it is. */
int settings_explain(const struct images *images, const char *log, const struct swrk *swrk,
		     const struct criu_reply *reply, struct error *err);

/* "ADDRESS:PORT", "[ADDRESS]:PORT".  The address is a new string. */
int settings_page_server(const char *text, struct criu_page_server *server, struct error *err);

/* CRIU needs root's rights over the machine. */
int settings_check_rights(const char *verb, struct error *err);
