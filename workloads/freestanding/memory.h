// Block copy and fill; the compiler calls these by name even in freestanding code.
#pragma once
#include <stddef.h>

void *memcpy(void *to, const void *from, size_t bytes);
void *memset(void *to, int byte, size_t bytes);
