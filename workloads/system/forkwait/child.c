// What a child of forkwait becomes with exec=yes: a program that ends at once.
#include "user-program.h"

int main(const char *parameters) {
    (void)parameters;
    return 77;
}
