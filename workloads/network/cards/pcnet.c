// The AMD Am79C970A (PCnet-PCI II) by its 16-bit ports, with the 32-bit software structures (AMD 19436, I/O Resources, Initialization,
// Buffer Management). At run time only CSR0 is used, so the address port is written once. A frame sent takes three accesses of the data
// port: one to ask for transmission, one to see why the card interrupts, one to acknowledge it; as the drivers of BSD do.
#include "layout.h"
#include "network.h"
#include "pci.h"
#include "pic.h"
#include "port.h"
#include "trap.h"

enum { ADDRESS_PROM = 0x00, DATA = 0x10, ADDRESS = 0x12, RESET = 0x14, BUS_DATA = 0x16, WIDE_RESET = 0x18 };
enum { CSR_STATUS = 0, CSR_BLOCK_LOW = 1, CSR_BLOCK_HIGH = 2, CSR_MASKS = 3, CSR_FEATURES = 4, BCR_STYLE = 20, STYLE_32_BITS = 2 };
enum {
    INITIALIZE = 1 << 0, START = 1 << 1, STOP = 1 << 2, TRANSMIT_DEMAND = 1 << 3, INTERRUPTS = 1 << 6, INITIALIZED = 1 << 8, SENT = 1 << 9,
    RECEIVED = 1 << 10, MISSED = 1 << 12, CAUSES = 0x7F00,
};
enum { SILENT = 0x0115, AUTO_PAD = 1 << 11 };
#define OWNED_BY_CARD 0x80000000u
#define WHOLE_FRAME 0x03000000u
#define ONES 0xF000u
enum { RECEIVE_LOG = 7, TRANSMIT_LOG = 6, CHECK_SEQUENCE_BYTES = 4, RECEIVE_ERROR = 1 << 30 };
_Static_assert(1 << RECEIVE_LOG == RECEIVE_BUFFERS && 1 << TRANSMIT_LOG == TRANSMIT_BUFFERS, "a descriptor for each buffer");

struct block {
    uint16_t mode;
    uint8_t receive_log, transmit_log;
    uint8_t address[CARD_ADDRESS_BYTES];
    uint16_t unused;
    uint32_t filter[2];
    uint32_t receive_ring, transmit_ring;
};

// The length is kept as its two's complement in 12 bits; the last word of a received one says how long the frame is.
struct descriptor {
    uint32_t address;
    volatile uint32_t status;
    volatile uint32_t message;
    uint32_t unused;
};

static struct block block __attribute__((aligned(16)));
static struct descriptor receive_ring[RECEIVE_BUFFERS] __attribute__((aligned(16))), transmit_ring[TRANSMIT_BUFFERS] __attribute__((aligned(16)));
static uint16_t port;
static unsigned line;
static uint32_t receive_next, transmit_next, transmit_first;
static uint16_t enabled;

static void write_control(uint16_t index, uint16_t value) {
    port_write16(port + ADDRESS, index);
    port_write16(port + DATA, value);
}

static uint16_t physical_low(const void *memory) { return (uint16_t)((uint32_t)memory - KERNEL_BASE); }
static uint16_t physical_high(const void *memory) { return (uint16_t)(((uint32_t)memory - KERNEL_BASE) >> 16); }

static void give_for_receiving(uint32_t index) {
    struct descriptor *descriptor = &receive_ring[index];
    descriptor->message = 0;
    descriptor->status = OWNED_BY_CARD | ONES | (-FRAME_BUFFER_BYTES & 0xFFF);
}

static void reclaim(void) {
    while (transmit_first != transmit_next && !(transmit_ring[transmit_first % TRANSMIT_BUFFERS].status & OWNED_BY_CARD)) transmit_first++;
}

static void *buffer(void) {
    if (transmit_next - transmit_first == TRANSMIT_BUFFERS) reclaim();
    return transmit_next - transmit_first == TRANSMIT_BUFFERS ? 0 : transmit_buffers[transmit_next % TRANSMIT_BUFFERS];
}

static void send(uint32_t bytes) {
    struct descriptor *descriptor = &transmit_ring[transmit_next++ % TRANSMIT_BUFFERS];
    descriptor->message = 0;
    descriptor->status = OWNED_BY_CARD | WHOLE_FRAME | ONES | (-bytes & 0xFFF);
}

static void kick(void) { port_write16(port + DATA, TRANSMIT_DEMAND | enabled); }

// Why the length too: some cards write it after they have given the descriptor back. It was 0 before.
static bool has_come(const struct descriptor *descriptor) {
    uint32_t status = descriptor->status;
    return !(status & OWNED_BY_CARD) && ((status & RECEIVE_ERROR) || descriptor->message);
}

static void poll(void) {
    for (; has_come(&receive_ring[receive_next]); receive_next = (receive_next + 1) % RECEIVE_BUFFERS) {
        struct descriptor *descriptor = &receive_ring[receive_next];
        uint32_t bytes = descriptor->message & 0xFFF;
        if (!(descriptor->status & RECEIVE_ERROR) && bytes > CHECK_SEQUENCE_BYTES) network_input(receive_buffers[receive_next], bytes - CHECK_SEQUENCE_BYTES);
        give_for_receiving(receive_next);
    }
    reclaim();
}

// Writing a cause clears it; what happens after the read stays.
static void interrupt(struct trap_frame *frame) {
    (void)frame;
    uint16_t status = port_read16(port + DATA);
    if (status & CAUSES) {
        port_write16(port + DATA, (status & CAUSES) | enabled);
        poll();
    }
    pic_end_of_interrupt(line);
}

static void interrupts(bool on) {
    enabled = on ? INTERRUPTS : 0;
    port_write16(port + DATA, enabled);
}

static void describe_rings(const uint8_t address[CARD_ADDRESS_BYTES]) {
    block = (struct block){
        .receive_log = RECEIVE_LOG << 4, .transmit_log = TRANSMIT_LOG << 4,
        .receive_ring = (uint32_t)receive_ring - KERNEL_BASE, .transmit_ring = (uint32_t)transmit_ring - KERNEL_BASE,
    };
    for (uint32_t index = 0; index < CARD_ADDRESS_BYTES; index++) block.address[index] = address[index];
    for (uint32_t index = 0; index < TRANSMIT_BUFFERS; index++) transmit_ring[index].address = (uint32_t)transmit_buffers[index] - KERNEL_BASE;
    for (uint32_t index = 0; index < RECEIVE_BUFFERS; index++) {
        receive_ring[index].address = (uint32_t)receive_buffers[index] - KERNEL_BASE;
        give_for_receiving(index);
    }
}

static bool find(uint8_t address[CARD_ADDRESS_BYTES]) {
    pci_function card = pci_find(0x1022, 0x2000);
    if (card == PCI_NONE) return false;
    pci_enable(card);
    port = pci_port(card, 0);
    port_read32(port + WIDE_RESET);
    port_read16(port + RESET);
    for (uint32_t index = 0; index < CARD_ADDRESS_BYTES; index += 2) {
        uint16_t word = port_read16((uint16_t)(port + ADDRESS_PROM + index));
        address[index] = (uint8_t)word;
        address[index + 1] = (uint8_t)(word >> 8);
    }
    port_write16(port + ADDRESS, BCR_STYLE);
    port_write16(port + BUS_DATA, STYLE_32_BITS);
    describe_rings(address);
    write_control(CSR_FEATURES, SILENT | AUTO_PAD);
    write_control(CSR_BLOCK_LOW, physical_low(&block));
    write_control(CSR_BLOCK_HIGH, physical_high(&block));
    write_control(CSR_STATUS, INITIALIZE);
    while (!(port_read16(port + DATA) & INITIALIZED)) {}
    port_write16(port + DATA, INITIALIZED | START);
    line = pci_line(card);
    trap_set_handler(VECTOR_INTERRUPTS + line, interrupt);
    pic_unmask(2);
    pic_unmask(line);
    return true;
}

const struct network_driver driver_pcnet = {.name = "pcnet", .find = find, .buffer = buffer, .send = send, .kick = kick, .poll = poll, .interrupts = interrupts};
