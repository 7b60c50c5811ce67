/* print-resources.h - linux.resources as rows of name and value */
#pragma once

struct oci_resources;
struct listing;

/* Add a row for each property that is given: "memory.limit", "536870912". */
void resource_rows(const struct oci_resources *resources, struct listing *t);
