// The price of starting a program (McVoy and Staelin's lat_proc exec): a process with data of its own forks, the child becomes another
// program, which exits, and the parent waits.
#include "user-program.h"

// The sum that child.c computes.
enum { CHILD_CODE = 91 };
enum { WARM_UP = 2, MAXIMUM_PAGES = 1024, PAGE_WORDS = 1024 };

static bool create_data(uint32_t pages) {
    uint32_t *data = map(pages * PAGE_WORDS * sizeof *data, 1);
    for (uint32_t page = 0; data != MAP_FAILED && page < pages; page++) data[page * PAGE_WORDS] = page;
    return data != MAP_FAILED;
}

// A call, as to a C library's exec: the child writes to its stack, and so copies it, before it gives it up.
static __attribute__((noinline)) _Noreturn void become_child(void) {
    execute("child");
    exit(-1);
}

static int32_t execute_and_wait(void) {
    int32_t code = -1;
    int32_t id = fork();
    if (id == 0) become_child();
    return wait(&code) == id ? code : -1;
}

static MEASURED struct report run(uint32_t operations, bool measured) {
    struct report report = {.name = "exec", .operations = operations, .ok = true};
    if (measured) marker_region_begin();
    for (uint32_t operation = 0; operation < operations; operation++) {
        int32_t code = execute_and_wait();
        report.checksum = checksum_fold(report.checksum, (uint32_t)code);
        if (code != CHILD_CODE) report.ok = false;
        if (measured) marker_operation();
    }
    if (measured) marker_region_end();
    return report;
}

int main(const char *parameters) {
    uint32_t pages = parameter_number(parameters, "pages");
    struct report report = {.name = "exec", .operations = parameter_number(parameters, "operations")};
    if (pages == 0 || pages > MAXIMUM_PAGES || !create_data(pages)) return finish(&report);
    run(WARM_UP, false);
    report = run(report.operations, true);
    marker_checkpoint(report.checksum);
    return finish(&report);
}
