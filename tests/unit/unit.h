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
