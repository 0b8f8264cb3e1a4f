// Exec of embedded ELF programs (Tool Interface Standard ELF 1.2, Book I, 2 Program Loading). Pages are read in by page faults.
#include "program.h"
#include "frame.h"
#include "memory.h"
#include "paravirt.h"
#include "process.h"
#include "selector.h"
#include "settings.h"

struct elf_header {
    uint8_t identification[16];
    uint16_t type, machine;
    uint32_t version, entry, program_offset, section_offset, flags;
    uint16_t header_bytes, program_bytes, program_count;
};

struct elf_segment { uint32_t type, offset, address, physical, file_bytes, memory_bytes, flags, align; };

#define ELF_MAGIC 0x464C457F
#define MACHINE_386 3
#define SEGMENT_LOAD 1
#define SEGMENT_WRITABLE 2
#define EFLAGS_IF 0x202

static bool same_name(const char *left, const char *right) {
    while (*left != '\0' && *left == *right) {
        left++;
        right++;
    }
    return *left == *right;
}

static const struct elf_header *find(const char *name) {
    for (const struct program *program = embedded_programs; program->name; program++)
        if (same_name(program->name, name)) return (const struct elf_header *)program->image;
    return 0;
}

static bool add_segment(struct address_space *space, const uint8_t *image, const struct elf_segment *segment) {
    if (segment->type != SEGMENT_LOAD || segment->memory_bytes == 0) return true;
    struct region region = {
        .start = segment->address & ~(PAGE_BYTES - 1u),
        .end = (segment->address + segment->memory_bytes + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1u),
        .writable = segment->flags & SEGMENT_WRITABLE,
        .content = image + segment->offset,
        .content_start = segment->address,
        .content_bytes = segment->file_bytes,
    };
    return address_space_add(space, &region);
}

static bool build_space(struct address_space *space, const struct elf_header *header) {
    const uint8_t *image = (const uint8_t *)header;
    const struct elf_segment *segments = (const struct elf_segment *)(image + header->program_offset);
    const struct region stack = {.start = USER_STACK_TOP - USER_STACK_BYTES, .end = USER_STACK_TOP, .writable = true};
    bool ok = *(const uint32_t *)image == ELF_MAGIC && header->machine == MACHINE_386;
    for (unsigned index = 0; ok && index < header->program_count; index++) ok = add_segment(space, image, &segments[index]);
    return ok && address_space_add(space, &stack);
}

// The stack holds a pointer to the parameters, and above it their text. Returns the stack pointer.
static uint32_t push_parameters(void) {
    uint32_t text = USER_STACK_TOP - PARAMETERS_BYTES;
    memcpy((void *)text, parameters, PARAMETERS_BYTES);
    *(uint32_t *)(text - 4) = text;
    return text - 4;
}

bool program_execute(const char *name, struct trap_frame *frame) {
    const struct elf_header *header = find(name);
    struct address_space space, old = current->space;
    if (!header) return false;
    address_space_create(&space);
    bool ok = build_space(&space, header);
    if (ok) {
        current->space = space;
        load_directory(space.directory);
    }
    address_space_destroy(ok ? &old : &space);
    if (!ok) return false;
    current->signal = (struct signal_action){0};
    memset(frame, 0, sizeof *frame);
    frame->ds = frame->es = frame->ss = USER_DATA;
    frame->cs = USER_CODE;
    frame->eip = header->entry;
    frame->eflags = EFLAGS_IF;
    frame->esp = push_parameters();
    return true;
}
