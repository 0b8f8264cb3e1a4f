// The sieve of Eratosthenes: stores with growing strides in a program that hardly ever needs its kernel.
#include "user-program.h"

// No composite number up to the maximum lacks a prime factor up to its root.
enum { MAXIMUM_ROOT = 2000, MAXIMUM_SIZE = MAXIMUM_ROOT * MAXIMUM_ROOT };

static uint8_t composite[MAXIMUM_SIZE + 1];

static uint32_t count_primes(uint32_t size) {
    uint32_t primes = 0;
    for (uint32_t number = 2; number <= size; number++) composite[number] = 0;
    for (uint32_t number = 2; number <= size; number++) {
        if (composite[number]) continue;
        primes++;
        if (number > MAXIMUM_ROOT) continue;
        for (uint32_t multiple = number * number; multiple <= size; multiple += number) composite[multiple] = 1;
    }
    return primes;
}

// How many primes there are up to these numbers is well known.
static bool contradicts_known(uint32_t size, uint32_t primes) {
    static const uint32_t known[][2] = {{100, 25}, {1000, 168}, {8192, 1028}, {10000, 1229}, {65536, 6542}, {1000000, 78498}};
    for (unsigned row = 0; row < sizeof known / sizeof known[0]; row++)
        if (known[row][0] == size && known[row][1] != primes) return true;
    return false;
}

int main(const char *parameters) {
    uint32_t size = parameter_number(parameters, "size");
    struct report report = {.name = "sieve", .operations = parameter_number(parameters, "operations")};
    if (size > MAXIMUM_SIZE) return finish(&report);
    uint32_t primes = count_primes(size);
    report.ok = !contradicts_known(size, primes);
    marker_region_begin();
    for (uint32_t operation = 0; operation < report.operations; operation++) {
        report.checksum = count_primes(size);
        if (report.checksum != primes) report.ok = false;
        marker_operation();
    }
    marker_region_end();
    marker_checkpoint(report.checksum);
    return finish(&report);
}
