// The drive at the primary channel of an IDE controller, by the data register or by the bus master. One request at a time, further
// ones wait. ATA/ATAPI-6; Programming Interface for Bus Master IDE Controller, revision 1.0.
#include "block.h"
#include "instruction.h"
#include "layout.h"
#include "pci.h"
#include "pic.h"
#include "port.h"
#include "trap.h"

enum { DATA = 0x1F0, COUNT = 0x1F2, LBA_LOW = 0x1F3, LBA_MIDDLE = 0x1F4, LBA_HIGH = 0x1F5, DEVICE = 0x1F6, COMMAND = 0x1F7, STATUS = 0x1F7, CONTROL = 0x3F6 };
enum { STATUS_ERROR = 0x01, STATUS_DATA = 0x08, STATUS_READY = 0x40, STATUS_BUSY = 0x80 };
enum { READ_SECTORS = 0x20, WRITE_SECTORS = 0x30, READ_DMA = 0xC8, WRITE_DMA = 0xCA };
enum { MASTER_COMMAND = 0, MASTER_STATUS = 2, MASTER_TABLE = 4 };
enum { MASTER_START = 1, MASTER_TO_MEMORY = 8, MASTER_INTERRUPT = 4, MASTER_ERROR = 2 };
enum { CONTROL_NO_INTERRUPT = 2 };
#define DEVICE_LBA 0xE0
#define LINE 14
#define REGION_LAST 0x80000000u
#define REGION_BYTES 0x10000
#define SECTOR_WORDS (SECTOR_BYTES / 2)

struct region {
    uint32_t address;
    uint32_t bytes;
};

static struct block_request *first, *last;
static uint32_t moved;
static bool by_dma;
static uint16_t master;
static struct region table[4] __attribute__((aligned(64)));

static void command(const struct block_request *request, uint8_t code) {
    uint32_t sector = request->sector;
    port_write(DEVICE, (uint8_t)(DEVICE_LBA | sector >> 24));
    port_write(COUNT, (uint8_t)request->sectors);
    port_write(LBA_LOW, (uint8_t)sector);
    port_write(LBA_MIDDLE, (uint8_t)(sector >> 8));
    port_write(LBA_HIGH, (uint8_t)(sector >> 16));
    port_write(COMMAND, code);
}

// Regions may not cross 64 KiB of physical memory.
static void describe(const struct block_request *request) {
    uint32_t address = (uint32_t)request->data - KERNEL_BASE, left = request->sectors * SECTOR_BYTES;
    for (struct region *region = table; left > 0; region++) {
        uint32_t room = REGION_BYTES - address % REGION_BYTES, bytes = left < room ? left : room;
        left -= bytes;
        *region = (struct region){.address = address, .bytes = (bytes & 0xFFFF) | (left == 0 ? REGION_LAST : 0)};
        address += bytes;
    }
}

static void begin_dma(const struct block_request *request) {
    uint8_t direction = request->write ? 0 : MASTER_TO_MEMORY;
    describe(request);
    port_write32(master + MASTER_TABLE, (uint32_t)table - KERNEL_BASE);
    port_write(master + MASTER_STATUS, MASTER_INTERRUPT | MASTER_ERROR);
    port_write(master + MASTER_COMMAND, direction);
    command(request, request->write ? WRITE_DMA : READ_DMA);
    port_write(master + MASTER_COMMAND, direction | MASTER_START);
}

static void put_sector(const struct block_request *request) {
    port_write_words(DATA, (const uint8_t *)request->data + moved * SECTOR_BYTES, SECTOR_WORDS);
    moved++;
}

static void begin(const struct block_request *request) {
    moved = 0;
    if (by_dma) {
        begin_dma(request);
        return;
    }
    command(request, request->write ? WRITE_SECTORS : READ_SECTORS);
    if (!request->write) return;
    while (!(port_read(CONTROL) & (STATUS_DATA | STATUS_ERROR))) {}
    put_sector(request);
}

static void finish(bool failed) {
    struct block_request *request = first;
    first = request->next;
    request->failed = failed;
    request->done = true;
    if (first) begin(first);
}

static void pio_interrupt(uint8_t status) {
    struct block_request *request = first;
    if (status & STATUS_ERROR) {
        finish(true);
        return;
    }
    if (!request->write) {
        port_read_words(DATA, (uint8_t *)request->data + moved * SECTOR_BYTES, SECTOR_WORDS);
        moved++;
    } else if (moved < request->sectors) {
        put_sector(request);
        return;
    } else {
        finish(false);
        return;
    }
    if (moved == request->sectors) finish(false);
}

static void serve(uint8_t state, uint8_t status) {
    if (first && by_dma) {
        port_write(master + MASTER_COMMAND, 0);
        finish((status & STATUS_ERROR) || (state & MASTER_ERROR));
    } else if (first) pio_interrupt(status);
}

static void interrupt(struct trap_frame *frame) {
    (void)frame;
    uint8_t state = by_dma ? port_read(master + MASTER_STATUS) : 0;
    serve(state, port_read(STATUS));
    pic_end_of_interrupt(LINE);
}

static void collect(void) {
    uint8_t status = port_read(STATUS), waiting = by_dma ? STATUS_BUSY | STATUS_DATA : STATUS_BUSY;
    if (!(status & waiting)) serve(by_dma ? port_read(master + MASTER_STATUS) : 0, status);
}

static void interrupt_after(uint32_t count) { port_write(CONTROL, count == 0 ? CONTROL_NO_INTERRUPT : 0); }

static void start(struct block_request *request) {
    request->next = 0;
    if (first) last->next = request;
    else first = request;
    last = request;
    if (first == request) begin(request);
}

static bool find(bool dma) {
    port_write(DEVICE, DEVICE_LBA);
    uint8_t status = port_read(STATUS);
    if (status == 0 || status == 0xFF || !(status & STATUS_READY)) return false;
    pci_function function = pci_find(0x8086, 0x7010);
    if (dma && function == PCI_NONE) return false;
    if (dma) {
        pci_enable(function);
        master = pci_port(function, 4);
    }
    by_dma = dma;
    trap_set_handler(VECTOR_INTERRUPTS + LINE, interrupt);
    port_write(CONTROL, 0);
    pic_unmask(2);
    pic_unmask(LINE);
    return true;
}

static bool find_pio(void) { return find(false); }
static bool find_dma(void) { return find(true); }

#define IDE_DRIVER .start = start, .collect = collect, .interrupt_after = interrupt_after, .depth = 32, .largest = 128
const struct block_driver driver_ide_pio = {.name = "ide-pio", .find = find_pio, IDE_DRIVER};
const struct block_driver driver_ide_dma = {.name = "ide-dma", .find = find_dma, IDE_DRIVER};
