// Parameters are words `name=value` of a command line; the first of a name counts.
#pragma once
#include <stdbool.h>
#include <stdint.h>

// The text after `name=`, ended by a space or the end of the line; null if the name does not occur.
const char *parameter_find(const char *line, const char *name);

// A decimal number, 0 when it is missing; values beyond 32 bits wrap.
uint32_t parameter_number(const char *line, const char *name);

// True when the parameter is present and its value is exactly `word`.
bool parameter_is(const char *line, const char *name, const char *word);
