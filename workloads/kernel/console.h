// Text output: on the first serial port, or on the console that a hypervisor keeps.
#pragma once
#include <stdint.h>

void console_init(void);
void console_write(const char *bytes, uint32_t count);
void console_print(const char *text);
