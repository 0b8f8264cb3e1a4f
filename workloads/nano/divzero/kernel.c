// The handler of the divide error: the program goes on behind the instruction that failed, and finds the number of faults in EDX.
#include "process.h"
#include "trap.h"
#include "workload.h"

// DIV with a register operand: F7 /6.
enum { DIV_BYTES = 2 };

static uint32_t faults;

static void skip_division(struct trap_frame *frame) {
    if (!from_user(frame)) trap_unhandled(frame);
    frame->eip += DIV_BYTES;
    frame->edx = ++faults;
}

void workload_start(void) {
    trap_set_handler(VECTOR_DIVIDE_ERROR, skip_division);
    process_start_init();
}
