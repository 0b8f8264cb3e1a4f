// What an image carries besides code: its user programs and the defaults of its parameters. Written by the build, one per workload.
#pragma once
#include <stdint.h>

struct program {
    const char *name;                           // null ends the table
    const uint8_t *image;
};

extern const struct program embedded_programs[];
extern const char default_parameters[];

// The boot command line followed by the defaults, so that the first word of a name is the one in force.
enum { PARAMETERS_BYTES = 1280 };
extern char parameters[PARAMETERS_BYTES];

void settings_init(void);
