// The batch: page-table writes that follow each other become one mmu_update, likewise operations one mmuext_op; if more than one call
// is left, they go as a multicall.
#include "batch.h"
#include "hypercall.h"
#include "panic.h"
#include "selector.h"

enum { MAXIMUM_CALLS = 16, MAXIMUM_WRITES = 2048, MAXIMUM_OPERATIONS = 16 };

static struct multicall_entry calls[MAXIMUM_CALLS];
static struct mmu_update writes[MAXIMUM_WRITES];
static struct mmuext_op operations[MAXIMUM_OPERATIONS];
static uint32_t write_count, operation_count;

uint32_t batch_calls;

// Xen refuses nothing that this kernel asks for.
static inline void check(int32_t result) {
    if (result < 0) panic("Xen refused a hypercall", 0);
}

static int32_t issue_one(const struct multicall_entry *call) {
    const uint32_t *args = call->args;
    switch (call->op) {
    case HYPERCALL_MMU_UPDATE: return HYPERCALL4(HYPERCALL_MMU_UPDATE, args[0], args[1], args[2], args[3]);
    case HYPERCALL_MMUEXT_OP: return HYPERCALL4(HYPERCALL_MMUEXT_OP, args[0], args[1], args[2], args[3]);
    default: return HYPERCALL2(HYPERCALL_STACK_SWITCH, args[0], args[1]);
    }
}

void batch_issue(void) {
    if (batch_calls == 1) check(issue_one(calls));
    if (batch_calls > 1) {
        check(HYPERCALL2(HYPERCALL_MULTICALL, calls, batch_calls));
        for (uint32_t index = 0; index < batch_calls; index++) check(calls[index].result);
    }
    batch_calls = write_count = operation_count = 0;
}

// The call to add to: the last one if it is of the same kind, so that order is kept.
static struct multicall_entry *call_for(uint32_t op, const void *first) {
    if (batch_calls > 0 && calls[batch_calls - 1].op == op) return &calls[batch_calls - 1];
    calls[batch_calls] = (struct multicall_entry){.op = op, .args = {(uint32_t)first, 0, 0, DOMID_SELF}};
    return &calls[batch_calls++];
}

static void make_room(void) {
    if (batch_calls == MAXIMUM_CALLS || write_count == MAXIMUM_WRITES || operation_count == MAXIMUM_OPERATIONS) batch_issue();
}

void batch_page_table_write(uint32_t machine_address, uint32_t value) {
    make_room();
    struct multicall_entry *call = call_for(HYPERCALL_MMU_UPDATE, &writes[write_count]);
    writes[write_count++] = (struct mmu_update){.ptr = machine_address, .val = value};
    call->args[1]++;
}

void batch_page_table_operation(uint32_t command, uint32_t argument) {
    make_room();
    struct multicall_entry *call = call_for(HYPERCALL_MMUEXT_OP, &operations[operation_count]);
    operations[operation_count++] = (struct mmuext_op){.cmd = command, .arg1 = argument};
    call->args[1]++;
}

void batch_stack_switch(uint32_t top) {
    make_room();
    calls[batch_calls++] = (struct multicall_entry){.op = HYPERCALL_STACK_SWITCH, .args = {KERNEL_DATA, top}};
}

void page_table_write(uint32_t machine_address, uint32_t value) {
    struct mmu_update write = {.ptr = machine_address, .val = value};
    if (batch_calls == 0) return check(HYPERCALL4(HYPERCALL_MMU_UPDATE, &write, 1, 0, DOMID_SELF));
    batch_page_table_write(machine_address, value);
    batch_issue();
}

void page_table_operation(uint32_t command, uint32_t argument) {
    struct mmuext_op operation = {.cmd = command, .arg1 = argument};
    if (batch_calls == 0) return check(HYPERCALL4(HYPERCALL_MMUEXT_OP, &operation, 1, 0, DOMID_SELF));
    batch_page_table_operation(command, argument);
    batch_issue();
}
