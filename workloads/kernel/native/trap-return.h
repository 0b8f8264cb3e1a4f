// How an assembly routine leaves a trap, with the processor's frame on top of the stack.
#define RETURN_FROM_TRAP iret
