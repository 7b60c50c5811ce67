/*
 * runtime.h - the runtime's side of a launch: create init and answer it
 */
#pragma once
#include <stdbool.h>

struct error;
struct launch;

/* Create init in its namespaces and its cgroup, through a middle process where the kernel demands one. */
int runtime_clone(struct launch *launch, struct error *err);

/* Answer init until it is READY. */
int runtime_serve(struct launch *launch, struct error *err);

/* Do what is due once launch->pid is in its namespaces and has no children: join its resctrl group, move in the
 * config's network devices and note their new names. */
int runtime_settle(struct launch *launch, struct error *err);

/* Run the prestart and createRuntime hooks, if any; poststop must then follow a failure. */
int runtime_hooks(struct launch *launch, struct error *err);

/* Record the container, tell whoever wants to know, and let init go on; with launch->run, until its program runs. */
int runtime_hand_over(struct launch *launch, struct error *err);
