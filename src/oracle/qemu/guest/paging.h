// 32-bit paging with the first 16 MiB mapped where they are. Intel SDM vol. 3A, 4.3.
#ifndef PAGING_H
#define PAGING_H
#include <stdint.h>

#define PRESENT 1
#define WRITABLE 2
#define USER 4
#define ACCESSED 0x20
#define DIRTY 0x40
#define LARGE 0x80
#define GLOBAL 0x100
#define CR0_WP 0x10000
#define CR0_PG 0x80000000
#define CR4_PSE 0x10
#define CR4_PGE 0x80

extern uint32_t directory[1024];
void paging_init(void);
void paging_flush(void);
#endif
