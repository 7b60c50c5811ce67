/*
 * print.h - a plan, written out (`ctr-run explain`)
 *
 * Text is for people: headings, aligned columns, one line per step.  JSON is
 * for programs: one object with stable keys; what a plan does not have is left
 * out.  Both tell what will be done, in the order in which it will be done, and
 * name the place in the config that asked for it.
 */
#pragma once

struct plan;
struct text;

/* Add PLAN to OUT. */
void plan_print_text(const struct plan *plan, struct text *out);
void plan_print_json(const struct plan *plan, struct text *out);
