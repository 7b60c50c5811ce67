/*
 * lint.h - included before every file that `make lint` looks at
 *
 * An analyser sees one file at a time, and has to be told what these return, or it follows impossible paths.
 */
#pragma once
#include "base/error.h"

#define fail(...)      (fail(__VA_ARGS__), -1)
#define fail_code(...) (fail_code(__VA_ARGS__), -1)
#define fail_at(...)   (fail_at(__VA_ARGS__), -1)
#define wrap(...)      (wrap(__VA_ARGS__), -1)
#define blame(...)     (blame(__VA_ARGS__), -1)
