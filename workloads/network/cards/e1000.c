// The Intel 82540EM gigabit card with legacy descriptors (Intel 317453, 3.2 Packet Reception, 3.3 Packet Transmission, 14 General
// Initialization).
#include "layout.h"
#include "message.h"
#include "network.h"
#include "pci.h"
#include "pic.h"
#include "trap.h"

enum {
    CTRL = 0x0000, EERD = 0x0014, ICR = 0x00C0, ITR = 0x00C4, IMS = 0x00D0, IMC = 0x00D8, RCTL = 0x0100, TCTL = 0x0400, TIPG = 0x0410,
    RDBAL = 0x2800, RDBAH = 0x2804, RDLEN = 0x2808, RDH = 0x2810, RDT = 0x2818, TDBAL = 0x3800, TDBAH = 0x3804, TDLEN = 0x3808, TDH = 0x3810, TDT = 0x3818,
    MULTICAST_TABLE = 0x5200, RECEIVE_ADDRESS = 0x5400,
};
enum { CTRL_LINK_UP = 1 << 6, CTRL_RESET = 1 << 26, EERD_START = 1, EERD_DONE = 0x10, ALL_CAUSES = -1 };
enum { CAUSE_SENT = 1 << 0, CAUSE_RECEIVED = 1 << 7, CAUSE_OVERRUN = 1 << 6 };
enum { RECEIVE_ENABLE = 1 << 1, RECEIVE_BROADCAST = 1 << 15, RECEIVE_STRIP = 1 << 26, TRANSMIT_ENABLE = 1 << 1, TRANSMIT_PAD = 1 << 3 };
enum { COMMAND_END = 1, COMMAND_CHECK_SEQUENCE = 2, COMMAND_REPORT = 8, STATUS_DONE = 1 };
#define COLLISIONS (0x0F << 4 | 0x40 << 12)
#define GAPS 0x0060200A
// The throttle counts in units of 256 ns.
#define THROTTLE_UNITS_A_SECOND 3906250u
#define REGISTERS_BYTES 0x20000
#define ADDRESS_VALID 0x80000000u

struct received {
    uint64_t address;
    uint16_t length, checksum;
    volatile uint8_t status;
    uint8_t errors;
    uint16_t special;
};

struct sent {
    uint64_t address;
    uint16_t length;
    uint8_t checksum_offset, command;
    volatile uint8_t status;
    uint8_t checksum_start;
    uint16_t special;
};

static unsigned line;
static bool by_message;
static volatile uint8_t *registers;
static struct received receive_ring[RECEIVE_BUFFERS] __attribute__((aligned(PAGE_BYTES)));
static struct sent transmit_ring[TRANSMIT_BUFFERS] __attribute__((aligned(PAGE_BYTES)));
// Next to look at; next to fill and first that is still the card's.
static uint32_t receive_next, transmit_next, transmit_first;

static uint32_t get(uint32_t offset) { return *(volatile uint32_t *)(registers + offset); }
static void put(uint32_t offset, uint32_t value) { *(volatile uint32_t *)(registers + offset) = value; }

static void place_ring(uint32_t base, const void *ring, uint32_t bytes) {
    put(base, (uint32_t)ring - KERNEL_BASE);
    put(base + (RDBAH - RDBAL), 0);
    put(base + (RDLEN - RDBAL), bytes);
    put(base + (RDH - RDBAL), 0);
    put(base + (RDT - RDBAL), 0);
}

static uint16_t eeprom_word(uint32_t index) {
    put(EERD, index << 8 | EERD_START);
    while (!(get(EERD) & EERD_DONE)) {}
    return (uint16_t)(get(EERD) >> 16);
}

static void read_address(uint8_t address[CARD_ADDRESS_BYTES]) {
    for (uint32_t index = 0; index < CARD_ADDRESS_BYTES / 2; index++) {
        uint16_t word = eeprom_word(index);
        address[2 * index] = (uint8_t)word;
        address[2 * index + 1] = (uint8_t)(word >> 8);
    }
    put(RECEIVE_ADDRESS, address[0] | address[1] << 8 | address[2] << 16 | (uint32_t)address[3] << 24);
    put(RECEIVE_ADDRESS + 4, address[4] | address[5] << 8 | ADDRESS_VALID);
}

// Invariant: one descriptor stays the driver's, for a ring whose head meets its tail is empty.
static void start_receiving(void) {
    for (uint32_t index = 0; index < RECEIVE_BUFFERS; index++) receive_ring[index] = (struct received){.address = (uint32_t)receive_buffers[index] - KERNEL_BASE};
    for (uint32_t word = 0; word < 128; word++) put(MULTICAST_TABLE + 4 * word, 0);
    place_ring(RDBAL, receive_ring, sizeof receive_ring);
    put(RDT, RECEIVE_BUFFERS - 1);
    put(RCTL, RECEIVE_ENABLE | RECEIVE_BROADCAST | RECEIVE_STRIP);
}

static void start_transmitting(void) {
    for (uint32_t index = 0; index < TRANSMIT_BUFFERS; index++) transmit_ring[index].address = (uint32_t)transmit_buffers[index] - KERNEL_BASE;
    place_ring(TDBAL, transmit_ring, sizeof transmit_ring);
    put(TIPG, GAPS);
    put(TCTL, TRANSMIT_ENABLE | TRANSMIT_PAD | COLLISIONS);
}

static void reclaim(void) {
    while (transmit_first != transmit_next && (transmit_ring[transmit_first].status & STATUS_DONE)) transmit_first = (transmit_first + 1) % TRANSMIT_BUFFERS;
}

static void *buffer(void) {
    if ((transmit_next + 1) % TRANSMIT_BUFFERS == transmit_first) reclaim();
    return (transmit_next + 1) % TRANSMIT_BUFFERS == transmit_first ? 0 : transmit_buffers[transmit_next];
}

static void send(uint32_t bytes) {
    struct sent *descriptor = &transmit_ring[transmit_next];
    descriptor->length = (uint16_t)bytes;
    descriptor->command = COMMAND_END | COMMAND_CHECK_SEQUENCE | COMMAND_REPORT;
    descriptor->status = 0;
    transmit_next = (transmit_next + 1) % TRANSMIT_BUFFERS;
}

static void kick(void) { put(TDT, transmit_next); }

static void poll(void) {
    uint32_t before = receive_next;
    while (receive_ring[receive_next].status & STATUS_DONE) {
        network_input(receive_buffers[receive_next], receive_ring[receive_next].length);
        receive_ring[receive_next].status = 0;
        receive_next = (receive_next + 1) % RECEIVE_BUFFERS;
    }
    if (receive_next != before) put(RDT, (receive_next + RECEIVE_BUFFERS - 1) % RECEIVE_BUFFERS);
    reclaim();
}

// Reading the causes clears them and lets the pin go.
static void interrupt(struct trap_frame *frame) {
    (void)frame;
    if (get(ICR)) poll();
    if (by_message) message_end_of_interrupt();
    else pic_end_of_interrupt(line);
}

static void interrupts(bool on) {
    if (on) put(IMS, CAUSE_SENT | CAUSE_RECEIVED | CAUSE_OVERRUN);
    else put(IMC, (uint32_t)ALL_CAUSES);
}

static void moderate(uint32_t rate) { put(ITR, rate ? THROTTLE_UNITS_A_SECOND / rate : 0); }

static bool find(uint8_t address[CARD_ADDRESS_BYTES], bool message_wanted) {
    pci_function card = pci_find(0x8086, 0x100E);
    if (card == PCI_NONE) return false;
    pci_enable(card);
    registers = pci_map(card, 0, REGISTERS_BYTES);
    put(IMC, (uint32_t)ALL_CAUSES);
    put(CTRL, CTRL_RESET);
    while (get(CTRL) & CTRL_RESET) {}
    put(IMC, (uint32_t)ALL_CAUSES);
    get(ICR);
    put(CTRL, CTRL_LINK_UP);
    read_address(address);
    start_receiving();
    start_transmitting();
    line = pci_line(card);
    trap_set_handler(VECTOR_INTERRUPTS + line, interrupt);
    by_message = message_wanted && message_enable(card, (uint8_t)(VECTOR_INTERRUPTS + line));
    if (by_message) return true;
    pic_unmask(2);
    pic_unmask(line);
    return !message_wanted;
}

static bool find_by_line(uint8_t address[CARD_ADDRESS_BYTES]) { return find(address, false); }
static bool find_by_message(uint8_t address[CARD_ADDRESS_BYTES]) { return find(address, true); }

const struct network_driver driver_e1000 = {
    .name = "e1000", .find = find_by_line, .buffer = buffer, .send = send, .kick = kick, .poll = poll, .interrupts = interrupts,
    .moderate = moderate};
const struct network_driver driver_e1000_message = {
    .name = "e1000-msi", .find = find_by_message, .buffer = buffer, .send = send, .kick = kick, .poll = poll, .interrupts = interrupts,
    .moderate = moderate};
