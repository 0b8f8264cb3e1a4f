// What the child of exec becomes: a program that sums up data of its own, to show that all of it was loaded, and exits.
#include "user-program.h"

static volatile uint32_t initialized[] = {1, 4, 9, 16, 25, 36};
static volatile uint32_t zero[4];

int main(const char *parameters) {
    (void)parameters;
    uint32_t sum = zero[0] + zero[3];
    for (unsigned index = 0; index < sizeof initialized / sizeof initialized[0]; index++) sum += initialized[index];
    return (int)sum;
}
