// Signals, of the kind that tells a program about its own exceptions: a handler in ring 3 instead of the end of the process.
#pragma once
#include <stdbool.h>
#include <stdint.h>

// What the kernel pushes on the program's stack: a call of the handler with the rest of the frame as its argument. The handler
// may change the registers that the program goes on with.
struct signal_frame {
    uint32_t return_address;
    struct signal_frame *self;                  // the handler's argument
    uint32_t vector, error, address;            // the exception; for a page fault the address that failed
    uint32_t edi, esi, ebp, ebx, edx, ecx, eax, eip, eflags, esp;
};

// A process's handler, 0 for none, and the code it returns to, which makes the system call CALL_SIGNAL_RETURN.
struct signal_action { uint32_t handler, return_address; };

struct trap_frame;

// Lets the current process go on in its handler. False, with nothing changed, if it has none or no stack for it.
bool signal_deliver(struct trap_frame *frame);

// Back from a handler to where the exception was. False if the stack does not hold a signal's frame.
bool signal_return(struct trap_frame *frame);
