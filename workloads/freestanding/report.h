// The one line that a workload prints: `name: N operations, checksum HHHHHHHH, ok` (or `FAILED`).
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { REPORT_BYTES = 96 };

struct report {
    const char *name;
    uint32_t operations;
    uint32_t checksum;
    bool ok;
};

// Writes the line with its newline into `line` and returns its length; names are at most 32 characters long.
uint32_t report_format(char line[REPORT_BYTES], const struct report *report);

// Folds one result into a checksum; the order of results matters.
static inline uint32_t checksum_fold(uint32_t checksum, uint32_t value) { return checksum * 31 + value; }
