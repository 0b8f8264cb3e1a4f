// A random mixture of what changes address spaces: forks whose children write to shared pages, programs started, memory mapped, kept
// and given back, children of children, bytes through pipes, exceptions that the program handles. Every result follows from the seed
// alone, whatever the order of events.
#include "user-program.h"

#define KERNEL_ADDRESS 0xC0101000u
#define UNMAPPED_ADDRESS 0x1000u

enum { DATA_PAGES = 24, KEPT = 3, MAXIMUM_PAGES = 96, PAGE_WORDS = 1024, PAGE_BYTES = 4096, MAXIMUM_MESSAGE = 1500, CODE_MASK = 0x7F };

static uint32_t random_state;

// Marsaglia's xorshift. A child goes on from its parent's state, which does not see what the child draws.
static uint32_t draw(uint32_t below) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % below;
}

static uint32_t data[DATA_PAGES * PAGE_WORDS];

static uint32_t sum_of_data(void) {
    uint32_t sum = 0;
    for (uint32_t page = 0; page < DATA_PAGES; page++) sum = checksum_fold(sum, data[page * PAGE_WORDS]);
    return sum;
}

static void scatter(uint32_t writes) {
    for (uint32_t write = 1; write <= writes; write++) data[draw(DATA_PAGES) * PAGE_WORDS] += write;
}

static int32_t code_of(int32_t id) {
    int32_t code = -1;
    return id > 0 && wait(&code) > 0 ? code : -1;
}

static uint32_t fork_and_write(void) {
    uint32_t writes = draw(12);
    int32_t id = fork();
    if (id == 0) {
        scatter(writes);
        exit((int32_t)(sum_of_data() & CODE_MASK));
    }
    scatter(1);
    return (uint32_t)code_of(id);
}

static uint32_t start_program(void) {
    int32_t id = fork();
    if (id == 0) {
        execute("child");
        exit(-1);
    }
    return (uint32_t)code_of(id);
}

// Each child of the child draws on its own; the sum does not depend on who ends first.
static uint32_t fork_family(void) {
    uint32_t members = 1 + draw(3);
    int32_t id = fork();
    if (id == 0) {
        uint32_t sum = 0;
        for (uint32_t member = 0; member < members; member++) {
            scatter(1);
            if (fork() == 0) {
                scatter(2);
                exit((int32_t)(sum_of_data() & CODE_MASK));
            }
        }
        for (uint32_t member = 0; member < members; member++) sum += (uint32_t)code_of(1);
        exit((int32_t)(sum & CODE_MASK));
    }
    return (uint32_t)code_of(id);
}

static struct { uint32_t *start, pages; } kept[KEPT];

static uint32_t sum_of_mapping(uint32_t slot) {
    uint32_t sum = 0;
    for (uint32_t page = 0; page < kept[slot].pages; page++) sum = checksum_fold(sum, kept[slot].start[page * PAGE_WORDS]);
    return sum;
}

// What the old mapping held, as far as there was one; a new one takes its place, written to in every third page.
static uint32_t remap(void) {
    uint32_t slot = draw(KEPT), pages = 1 + draw(MAXIMUM_PAGES), sum = sum_of_mapping(slot);
    if (kept[slot].pages && unmap(kept[slot].start, kept[slot].pages * PAGE_BYTES) != 0) return 0;
    kept[slot].start = map(pages * PAGE_BYTES, 1);
    kept[slot].pages = kept[slot].start == MAP_FAILED ? 0 : pages;
    for (uint32_t page = 0; page < kept[slot].pages; page += 3) kept[slot].start[page * PAGE_WORDS] = page + pages;
    return sum;
}

static void send(int32_t descriptor, uint32_t bytes) {
    uint8_t message[MAXIMUM_MESSAGE];
    for (uint32_t index = 0; index < bytes; index++) message[index] = (uint8_t)(index * 13 + bytes);
    exit(write(descriptor, message, bytes) == (int32_t)bytes ? 0 : -1);
}

// Longer messages than the pipe holds: both sides wait for each other.
static uint32_t transfer(void) {
    uint32_t bytes = 1 + draw(MAXIMUM_MESSAGE), sum = 0;
    int32_t ends[2], id, count;
    uint8_t piece[100];
    if (pipe(ends) < 0) return 0;
    id = fork();
    if (id == 0) send(ends[1], bytes);
    close(ends[1]);
    while ((count = read(ends[0], piece, sizeof piece)) > 0)
        for (int32_t index = 0; index < count; index++) sum = checksum_fold(sum, piece[index]);
    close(ends[0]);
    return sum + (uint32_t)code_of(id);
}

// The exception seen last. The handler steps over the instruction, whose length the program tells.
static volatile struct { uint32_t length, vector, error, address; } exception;

static void step_over(struct signal_frame *frame) {
    exception.vector = frame->vector;
    exception.error = frame->error;
    exception.address = frame->address;
    frame->eip += exception.length;
}

static void read_from(uint32_t address) { __asm__ volatile("movl (%0), %%eax" : : "c"(address) : "eax", "memory"); }
static void write_to(uint32_t address) { __asm__ volatile("movl %%eax, (%0)" : : "c"(address) : "memory"); }

// INT3 is a trap: what it saves is the address behind it already.
static void cause(uint32_t kind) {
    uint32_t dividend = 1, high = 0;
    exception.length = kind == 2 ? 0 : kind == 3 ? 1 : 2;
    switch (kind) {
    case 0: __asm__ volatile("divl %2" : "+a"(dividend), "+d"(high) : "c"(0) : "cc"); break;
    case 1: __asm__ volatile("ud2"); break;
    case 2: __asm__ volatile("int3"); break;
    case 3: __asm__ volatile("hlt"); break;
    case 4: __asm__ volatile("int $0x21"); break;
    case 5: read_from(KERNEL_ADDRESS); break;
    case 6: write_to((uint32_t)cause & ~(PAGE_BYTES - 1u)); break;
    default: read_from(UNMAPPED_ADDRESS);
    }
}

// A system call while DS and ES hold nothing, which the kernel must neither use nor lose.
static uint32_t call_without_data_segments(void) {
    uint32_t id, saved;
    __asm__ volatile("movl %%ds, %1\n\tmovl %2, %%ds\n\tmovl %2, %%es\n\tint $0x80\n\tmovl %1, %%ds\n\tmovl %1, %%es"
                     : "=a"(id), "=&r"(saved) : "r"(0), "0"(CALL_PROCESS_ID) : "memory");
    return id;
}

static uint32_t fault(void) {
    uint32_t kind = draw(9);
    exception.vector = exception.error = exception.address = 0;
    if (kind == 8) exception.vector = call_without_data_segments();
    else cause(kind);
    return checksum_fold(checksum_fold(exception.vector, exception.error), exception.address / PAGE_BYTES);
}

static uint32_t act(void) {
    switch (draw(6)) {
    case 0: return fork_and_write();
    case 1: return start_program();
    case 2: return fork_family();
    case 3: return remap();
    case 4: return fault();
    default: return transfer();
    }
}

int main(const char *parameters) {
    struct report report = {.name = "process-mix", .operations = parameter_number(parameters, "operations"), .ok = true};
    handle_signals(step_over);
    random_state = parameter_number(parameters, "seed");
    if (random_state == 0) report.ok = false;
    marker_region_begin();
    for (uint32_t operation = 0; report.ok && operation < report.operations; operation++) {
        report.checksum = checksum_fold(report.checksum, act());
        report.checksum = checksum_fold(report.checksum, sum_of_data());
        marker_operation();
    }
    marker_region_end();
    for (uint32_t slot = 0; slot < KEPT; slot++) report.checksum = checksum_fold(report.checksum, sum_of_mapping(slot));
    marker_checkpoint(report.checksum);
    return finish(&report);
}
