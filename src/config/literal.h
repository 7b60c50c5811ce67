/*
 * literal.h - constants as members of the generated structs
 *
 * Those hold char *, for what was read; json_write() only reads it.
 */
#pragma once

#define TEXT(s) ((char *) (s))
#define LIST(...) ((char **) (const char *[]) { __VA_ARGS__ })
#define N(...) (sizeof((const char *[]) { __VA_ARGS__ }) / sizeof(char *))
