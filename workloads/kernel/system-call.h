// System calls: INT 0x80 with the number in EAX and arguments in EBX, ECX and EDX; the result comes back in EAX.
#pragma once

enum system_call {
    CALL_EXIT, CALL_FORK, CALL_WAIT, CALL_EXECUTE, CALL_YIELD, CALL_PROCESS_ID,
    CALL_READ, CALL_WRITE, CALL_PIPE, CALL_CLOSE, CALL_PARENT_ID, CALL_MAP, CALL_UNMAP, CALL_SIGNAL_HANDLER, CALL_SIGNAL_RETURN,
    CALL_PROTECT,
    CALL_COUNT
};

// Installs the handler of INT 0x80.
void system_call_init(void);
