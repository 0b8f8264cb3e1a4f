// System calls: INT 0x80 with the number in EAX and arguments in EBX, ECX and EDX; the result comes back in EAX.
#pragma once

enum system_call {
    CALL_EXIT, CALL_FORK, CALL_WAIT, CALL_EXECUTE, CALL_YIELD, CALL_PROCESS_ID,
    CALL_READ, CALL_WRITE, CALL_PIPE, CALL_CLOSE, CALL_COUNT
};

// Installs the handler of INT 0x80.
void system_call_init(void);
