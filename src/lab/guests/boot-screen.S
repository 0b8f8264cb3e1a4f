# A boot disk that shows a line on the screen and sleeps for ever.
    .intel_syntax noprefix
    .code16
    .globl _start
_start:
    xor ax, ax
    mov ds, ax
    mov si, offset text
1:  lodsb
    test al, al
    jz 2f
    mov ah, 0x0e
    xor bx, bx
    int 0x10
    jmp 1b
2:  cli
    hlt
text:
    .asciz "Nothing to load\r\n"
    .org 510
    .word 0xaa55
