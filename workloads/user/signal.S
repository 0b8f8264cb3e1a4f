# Where a signal handler returns to: the kernel goes back to what the exception interrupted.
    .text
    .globl signal_handler_end
signal_handler_end:
    movl $14, %eax                              # CALL_SIGNAL_RETURN
    int $0x80
