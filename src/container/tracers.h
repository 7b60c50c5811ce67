/*
 * tracers.h - who may trace what enters a container
 *
 * Its own processes, if the config or an exec has given them CAP_SYS_PTRACE; and
 * those of a container that was later put into its pid namespace.  Neither its
 * own record nor its config shows the last two, so they leave a note in its
 * state folder.
 */
#pragma once
#include <stdbool.h>

struct error;

/* Leave the note in the state folder FOLDER; is it there? */
int tracers_note(int folder, struct error *err);
bool tracers_noted(int folder);

/* Leave it in those of all containers below ROOT whose own pid namespace PIDNS is. */
int tracers_note_owners(const char *root, int pidns, struct error *err);
