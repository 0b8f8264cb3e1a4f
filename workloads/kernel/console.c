// Text on the console, whose device belongs to the paravirt layer.
#include "console.h"

void console_print(const char *text) {
    uint32_t count = 0;
    while (text[count] != '\0') count++;
    console_write(text, count);
}
