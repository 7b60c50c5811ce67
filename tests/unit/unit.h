/*
 * unit.h - included before every unit test
 *
 * cmocka wants these headers first, and has a macro by the name of our fail().
 */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#undef fail

/* The test has failed, for a reason that no assertion of cmocka tells. */
#define FAIL(...) (print_error(__VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))
