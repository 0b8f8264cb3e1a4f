// Processes: their table, and how they come and go.
#pragma once
#include "address-space.h"
#include "file.h"
#include "signal.h"
#include "trap.h"

enum { MAXIMUM_PROCESSES = 32, MAXIMUM_DESCRIPTORS = 40, FIRST_PROCESS = 1 };

enum process_state { PROCESS_FREE, PROCESS_READY, PROCESS_SLEEPING, PROCESS_ZOMBIE };

struct process {
    uint32_t id;
    enum process_state state;
    struct process *parent;
    struct process *next_ready;
    const void *channel;                        // what a sleeping process waits for
    uint32_t stack_frame;                       // the kernel stack: one frame
    uint32_t stack_pointer;                     // of a process that is not running
    struct address_space space;
    struct file *descriptors[MAXIMUM_DESCRIPTORS];
    struct signal_action signal;
    int32_t exit_code;
};

// The process that runs now. The first in the table is the boot context, which idles.
extern struct process *current;
extern struct process processes[MAXIMUM_PROCESSES];

void process_init(void);

// Starts the first user process with the embedded program `init`; when it exits the machine stops.
void process_start_init(void);

// A copy of the current process, which returns 0 from the same system call. Returns its id, or -1 if the table is full.
int32_t process_fork(const struct trap_frame *frame);

_Noreturn void process_exit(int32_t code);

// Waits for a child to exit. Returns its id and stores its exit code, or returns -1 if there is no child.
int32_t process_wait(int32_t *code);

// Ends the process that caused a trap nobody handles.
_Noreturn void process_kill(struct trap_frame *frame);
