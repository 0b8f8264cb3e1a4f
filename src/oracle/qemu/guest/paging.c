// The identity mapping: every page present, writable and open to ring 3.
#include "paging.h"
#include "instruction.h"

#define TABLES 4

uint32_t directory[1024] __attribute__((aligned(4096)));
static uint32_t tables[TABLES][1024] __attribute__((aligned(4096)));

void paging_init(void) {
    for (uint32_t page = 0; page < TABLES * 1024; page++) tables[page / 1024][page % 1024] = page << 12 | PRESENT | WRITABLE | USER;
    for (uint32_t table = 0; table < TABLES; table++) directory[table] = (uint32_t)tables[table] | PRESENT | WRITABLE | USER;
    paging_flush();
    write_cr0(read_cr0() | CR0_PG);
}

void paging_flush(void) { write_cr3((uint32_t)directory); }
