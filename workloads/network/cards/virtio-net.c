// The virtio network device (OASIS virtio 1.2, 5.1): queue 0 is filled with buffers for what comes in, queue 1 takes what goes out.
#include "layout.h"
#include "memory.h"
#include "network.h"
#include "pic.h"
#include "virtio.h"

#define NETWORK_DEVICE 0x1000
#define QUEUE_MEMORY 0x4000
enum { RECEIVE = 0, TRANSMIT = 1, FEATURE_ADDRESS = 5, LEGACY_HEADER = 10, HEADER = 12 };

struct header {
    uint8_t bytes[HEADER];
};

static struct virtio device;
static struct virtqueue queues[2];
static uint8_t memory[2][QUEUE_MEMORY] __attribute__((aligned(PAGE_BYTES)));
static struct header receive_headers[RECEIVE_BUFFERS];
// Nothing is asked of the device by it, so one serves all frames that are sent.
static const struct header transmit_header;
static uint32_t header_bytes;
// By the head of the chain: which buffer it holds.
static uint16_t buffer_of[2][VIRTQUEUE_MOST];
// Transmit buffers that are free.
static uint16_t free_buffers[TRANSMIT_BUFFERS];
static uint32_t free_count;
static bool interrupting;

// Headers are descriptors of their own, as the legacy interface wants them.
static bool offer_buffer(uint16_t index) {
    const struct piece pieces[] = {
        {.data = &receive_headers[index], .length = header_bytes, .device_writes = true},
        {.data = receive_buffers[index], .length = FRAME_BUFFER_BYTES, .device_writes = true},
    };
    int32_t head = virtqueue_add(&queues[RECEIVE], pieces, 2);
    if (head >= 0) buffer_of[RECEIVE][head] = index;
    return head >= 0;
}

static void tell(uint16_t index) {
    if (virtqueue_wants_kick(&queues[index])) virtio_kick(&device, index);
}

// Looking is what asks for an interrupt when nothing is there, by the event index; a driver that polls asks for none.
static int32_t take(uint16_t index, uint32_t *written) {
    struct virtqueue *queue = &queues[index];
    return interrupting || queue->seen != queue->used[1] ? virtqueue_take(queue, written) : -1;
}

static void reclaim(void) {
    uint32_t written;
    for (int32_t head = take(TRANSMIT, &written); head >= 0; head = take(TRANSMIT, &written)) free_buffers[free_count++] = buffer_of[TRANSMIT][head];
}

static void *buffer(void) {
    if (free_count == 0) reclaim();
    return free_count ? transmit_buffers[free_buffers[free_count - 1]] : 0;
}

static void send(uint32_t bytes) {
    uint16_t index = free_buffers[--free_count];
    const struct piece pieces[] = {{.data = &transmit_header, .length = header_bytes}, {.data = transmit_buffers[index], .length = bytes}};
    buffer_of[TRANSMIT][virtqueue_add(&queues[TRANSMIT], pieces, 2)] = index;
}

static void kick(void) { tell(TRANSMIT); }

// Sent frames are taken back when a place is wanted, so that no interrupt is asked for before.
static void poll(void) {
    uint32_t written;
    bool refilled = false;
    for (int32_t head = take(RECEIVE, &written); head >= 0; head = take(RECEIVE, &written)) {
        uint16_t index = buffer_of[RECEIVE][head];
        network_input(receive_buffers[index], written - header_bytes);
        refilled = offer_buffer(index) || refilled;
    }
    if (refilled) tell(RECEIVE);
}

static void interrupt(struct trap_frame *frame) {
    (void)frame;
    if (virtio_interrupt(&device)) poll();
    pic_end_of_interrupt(device.line);
}

// Without event indices a flag of the available ring holds interrupts off. For frames that were sent they stay off until a place is waited for.
static void interrupts(bool on) {
    interrupting = on;
    for (uint32_t index = RECEIVE; index <= TRANSMIT; index++) {
        struct virtqueue *queue = &queues[index];
        if (!queue->event_index) queue->available[0] = !on;
        else queue->available[2 + queue->size] = (uint16_t)(queue->seen - 1);
    }
    if (on) poll();
}

static bool set_up(uint16_t index) {
    uint32_t size = virtio_queue_size(&device, index);
    if (size < 4 || size > VIRTQUEUE_MOST || virtqueue_bytes(size) > QUEUE_MEMORY) return false;
    virtqueue_init(&queues[index], memory[index], size, device.features & VIRTIO_FEATURE(VIRTIO_EVENT_INDEX));
    virtio_set_queue(&device, index, &queues[index]);
    return true;
}

static bool find(uint8_t address[CARD_ADDRESS_BYTES], bool modern) {
    if (!virtio_open(&device, NETWORK_DEVICE, modern, VIRTIO_FEATURE(VIRTIO_EVENT_INDEX) | VIRTIO_FEATURE(FEATURE_ADDRESS))) return false;
    header_bytes = modern ? HEADER : LEGACY_HEADER;
    if (!set_up(RECEIVE) || !set_up(TRANSMIT)) return false;
    for (uint32_t index = 0; index < CARD_ADDRESS_BYTES; index++) address[index] = virtio_configuration(&device, index);
    for (uint16_t index = 0; index < TRANSMIT_BUFFERS; index++) free_buffers[free_count++] = index;
    interrupts(false);
    virtio_ready(&device);
    for (uint16_t index = 0; index < RECEIVE_BUFFERS && offer_buffer(index); index++) {}
    tell(RECEIVE);
    virtio_handle(&device, interrupt);
    return true;
}

static bool find_legacy(uint8_t address[CARD_ADDRESS_BYTES]) { return find(address, false); }
static bool find_modern(uint8_t address[CARD_ADDRESS_BYTES]) { return find(address, true); }

const struct network_driver driver_virtio_net_legacy = {
    .name = "virtio-legacy", .find = find_legacy, .buffer = buffer, .send = send, .kick = kick, .poll = poll, .interrupts = interrupts,
};
const struct network_driver driver_virtio_net = {
    .name = "virtio", .find = find_modern, .buffer = buffer, .send = send, .kick = kick, .poll = poll, .interrupts = interrupts,
};
