# A boot disk that asks the BIOS for what boot loaders ask, prints the answers on COM1, changes to protected mode and back, and ends with 0x10.
    .intel_syntax noprefix
    .code16
    .globl _start
_start:
    ljmp 0, offset begin
begin:
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov sp, 0x7c00
    mov drive, dl
    # The rest of the program, by block address.
    mov ah, 0x41
    mov bx, 0x55aa
    int 0x13
    jc failed
    mov si, offset packet
    mov ah, 0x42
    mov dl, drive
    int 0x13
    jc failed
    jmp second
failed:
    mov al, 0x11
    out 0xf4, al
drive:
    .byte 0
packet:
    .byte 16, 0
    .word 8, 0x7e00, 0
    .quad 1
    .org 510
    .word 0xaa55

second:
    mov si, offset t_drive
    call puts
    movzx ax, byte ptr drive
    call hex16
    xor ebx, ebx
1:  mov eax, 0xe820
    mov edx, 0x534d4150
    mov ecx, 20
    mov di, offset buffer
    int 0x15
    jc 2f
    mov si, offset t_map
    call puts
    mov eax, buffer
    call hex32
    mov eax, buffer + 8
    call hex32
    mov ax, buffer + 16
    call hex16
    test ebx, ebx
    jnz 1b
2:  mov si, offset t_sizes
    call puts
    mov ax, 0xe801
    int 0x15
    call hex16
    mov ax, bx
    call hex16
    mov ah, 0x88
    int 0x15
    call hex16
    int 0x12
    call hex16
    int 0x11
    call hex16

    mov si, offset t_geometry
    call puts
    mov ah, 8
    mov dl, 0x80
    int 0x13
    mov ax, cx
    call hex16
    mov ax, dx
    call hex16
    # One sector written by cylinder, head and sector, and read back elsewhere: sector 20 of the first track.
    mov ax, 0x0301
    mov bx, offset t_drive
    mov cx, 20
    mov dx, 0x0080
    int 0x13
    jc failed
    mov ax, 0x0201
    mov bx, 0x9000
    mov cx, 20
    mov dx, 0x0080
    int 0x13
    jc failed
    mov eax, [0x9000]
    call hex32
    # One that is not there: an error, and the status says so again.
    mov ax, 0x0201
    mov cx, 0xffc1
    mov dx, 0x0f80
    int 0x13
    jnc failed
    call hex16
    mov ax, 0x0100
    mov dl, 0x80
    int 0x13
    call hex16

    mov si, offset t_clock
    call puts
    xor ah, ah
    int 0x1a
    mov bx, dx
3:  hlt
    xor ah, ah
    int 0x1a
    sub dx, bx
    cmp dx, 3
    jb 3b
    mov ax, dx
    call hex16
    mov ah, 4
    int 0x1a
    mov ax, cx
    call hex16
    mov ax, dx
    call hex16
    # 100000 microseconds are two ticks of the timer, or a third that had begun.
    xor ah, ah
    int 0x1a
    mov bx, dx
    mov ax, 0x8600
    mov cx, 1
    mov dx, 0x86a0
    int 0x15
    xor ah, ah
    int 0x1a
    sub dx, bx
    mov ax, dx
    shr ax, 1
    call hex16
    mov ax, 0x2400
    int 0x15
    mov ax, 0x2402
    int 0x15
    call hex16
    mov ax, 0x2401
    int 0x15
    mov ax, 0x2402
    int 0x15
    call hex16

    mov si, offset t_video
    call puts
    mov ax, 3
    int 0x10
    mov si, offset t_shown
4:  lodsb
    test al, al
    jz 5f
    mov ah, 0x0e
    xor bx, bx
    int 0x10
    jmp 4b
5:  mov ah, 3
    xor bx, bx
    int 0x10
    mov ax, dx
    call hex16
    mov ah, 0x0f
    int 0x10
    call hex16
    mov ax, 0xb800
    mov fs, ax
    mov ax, fs:[160]
    call hex16

    mov si, offset t_key
    call puts
    mov ah, 1
    int 0x16
    jnz failed
    xor ah, ah
    int 0x16
    call hex16
    xor ah, ah
    int 0x16
    call hex16

    mov si, offset t_protected
    call puts
    # To extended memory by the BIOS, and looked at there in protected mode.
    mov ah, 0x87
    mov cx, 2
    mov si, offset move_table
    int 0x15
    jc failed
    cli
    lgdt gdtr
    mov eax, cr0
    or al, 1
    mov cr0, eax
    ljmp 8, offset wide
    .code32
wide:
    mov ax, 16
    mov ds, ax
    mov ss, ax
    mov es, ax
    mov eax, [0x200000]
    ljmp 24, offset narrow
    .code16
narrow:
    mov bx, 32
    mov ds, bx
    mov ss, bx
    mov es, bx
    mov ecx, cr0
    and cl, 0xfe
    mov cr0, ecx
    ljmp 0, offset real
real:
    xor bx, bx
    mov ds, bx
    mov es, bx
    mov ss, bx
    sti
    call hex32
    mov si, offset t_end
    call puts
    mov al, 0x10
    out 0xf4, al
    hlt

puts:
    lodsb
    test al, al
    jz 6f
    call putc
    jmp puts
putc:
    push dx
    mov ah, 1
    xor dx, dx
    int 0x14
    pop dx
6:  ret
hex32:
    push eax
    shr eax, 16
    call hex16
    pop eax
hex16:
    push ax
    push cx
    mov cx, 4
7:  rol ax, 4
    push ax
    and al, 15
    add al, '0'
    cmp al, '9'
    jbe 8f
    add al, 'a' - '9' - 1
8:  call putc
    pop ax
    loop 7b
    mov al, ' '
    call putc
    pop cx
    pop ax
    ret

t_drive: .asciz "drive "
t_map: .asciz "\nmap "
t_sizes: .asciz "\nsizes "
t_geometry: .asciz "\ndisk "
t_clock: .asciz "\nclock "
t_video: .asciz "\nvideo "
t_key: .asciz "\nkeys "
t_protected: .asciz "\nprotected "
t_end: .asciz "\ndone\n"
t_shown: .asciz "On the screen\r\nsecond line"
    .balign 8
gdt:
    .quad 0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00009a000000ffff, 0x000092000000ffff
gdtr:
    .word 39
    .long gdt
# Source and destination of INT 15h, AH = 87h are the third and the fourth descriptor.
move_table:
    .quad 0, 0, 0x000092000000ffff + 0x7e000000, 0x000092200000ffff, 0, 0
buffer:
    .skip 24
    .org 512 * 24
