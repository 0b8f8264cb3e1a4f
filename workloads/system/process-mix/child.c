// The program that a child of process-mix becomes: it writes to more of its stack than one page and ends.
#include "user-program.h"

int main(const char *parameters) {
    volatile uint8_t stack[9000];
    stack[0] = (uint8_t)parameters[0];
    stack[sizeof stack - 1] = 53;
    return stack[sizeof stack - 1] + (stack[0] != 0);
}
