/* init.h - the container's first process, from its birth to its exec */
#pragma once

struct launch;

/* Never returns: the process becomes the program, or sends its error and ends. */
void init_main(struct launch *launch) __attribute__((noreturn));
