// Building text in a buffer. Each call appends, ends the text with a zero byte and returns the address of that byte.
#pragma once
#include <stdint.h>

char *text_append(char *end, const char *text);
char *text_append_decimal(char *end, uint32_t number);
char *text_append_hexadecimal(char *end, uint32_t number);
