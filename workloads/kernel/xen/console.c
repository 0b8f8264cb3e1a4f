// The hypervisor's console.
#include "console.h"
#include "hypercall.h"

void console_init(void) {}

void console_write(const char *bytes, uint32_t count) { HYPERCALL3(HYPERCALL_CONSOLE_IO, CONSOLEIO_WRITE, count, bytes); }
