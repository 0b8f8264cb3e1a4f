// Who runs next.
#pragma once
#include "process.h"

// EBX, ESI, EDI, EBP, FS and GS, as switch.S saves them below the return address.
enum { CONTEXT_REGISTERS = 6 };

// Set by the timer tick, read on the way back to ring 3.
extern volatile bool reschedule_wanted;

// Puts a process at the end of the ready queue.
void scheduler_ready(struct process *process);

// Gives the processor to the next ready process; the current one stays ready unless its state says otherwise.
void schedule(void);

// Sleeps until someone wakes the channel. The caller holds interrupts off and checks its condition again afterwards.
void scheduler_sleep(const void *channel);
void scheduler_wake(const void *channel);

// The boot context's last act: runs processes whenever there are any.
_Noreturn void scheduler_idle(void);
