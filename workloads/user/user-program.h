// What every user program has: main, and the result line.
#pragma once
#include "marker.h"
#include "parameter.h"
#include "report.h"
#include "unix.h"

// `parameters` are words `name=value`. The result is the exit code: 0 when the workload's own check passed.
int main(const char *parameters);

// Prints the result line and returns the exit code that fits.
int finish(const struct report *report);
