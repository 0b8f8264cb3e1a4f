// Creating and ending processes (Adams and Agesen's forkwait): address spaces, page faults, copies on write, context switches.
#include "user-program.h"

enum { CODE_MASK = 0x7F };

// Both processes write to this page: parent and child must each see their own value.
static volatile uint32_t shared = 1;

static int child(uint32_t operation) {
    shared += operation;
    return (int)(shared & CODE_MASK);
}

// The exit code of a child that computed it, or that turned into the program `child`, whose code is 77.
static int32_t fork_and_wait(uint32_t operation, bool execute_child) {
    int32_t code = -1;
    int32_t id = fork();
    if (id == 0) {
        if (execute_child) execute("child");
        exit(child(operation));
    }
    return wait(&code) == id ? code : -1;
}

int main(const char *parameters) {
    bool execute_child = parameter_is(parameters, "exec", "yes");
    struct report report = {.name = "forkwait", .operations = parameter_number(parameters, "operations"), .ok = true};
    for (uint32_t operation = 0; operation < 2; operation++) fork_and_wait(operation, execute_child);
    marker_region_begin();
    for (uint32_t operation = 0; operation < report.operations; operation++) {
        uint32_t expected = execute_child ? 77 : (operation + 1) & CODE_MASK;
        int32_t code = fork_and_wait(operation, execute_child);
        report.checksum = checksum_fold(report.checksum, (uint32_t)code);
        if ((uint32_t)code != expected || shared != 1) report.ok = false;
        marker_operation();
    }
    marker_region_end();
    marker_checkpoint(report.checksum);
    return finish(&report);
}
