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
static uint32_t call_count, write_count, operation_count;

bool batch_is_empty(void) { return call_count == 0; }

static void check(int32_t result) {
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
    if (call_count == 1) check(issue_one(calls));
    if (call_count > 1) {
        check(HYPERCALL2(HYPERCALL_MULTICALL, calls, call_count));
        for (uint32_t index = 0; index < call_count; index++) check(calls[index].result);
    }
    call_count = write_count = operation_count = 0;
}

// The call to add to: the last one if it is of the same kind, so that order is kept.
static struct multicall_entry *call_for(uint32_t op, const void *first) {
    if (call_count > 0 && calls[call_count - 1].op == op) return &calls[call_count - 1];
    calls[call_count] = (struct multicall_entry){.op = op, .args = {(uint32_t)first, 0, 0, DOMID_SELF}};
    return &calls[call_count++];
}

static void make_room(void) {
    if (call_count == MAXIMUM_CALLS || write_count == MAXIMUM_WRITES || operation_count == MAXIMUM_OPERATIONS) batch_issue();
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
    calls[call_count++] = (struct multicall_entry){.op = HYPERCALL_STACK_SWITCH, .args = {KERNEL_DATA, top}};
}
