// The virtio block device (OASIS virtio 1.2, 5.2): a header, the data, a status byte, in one chain each.
#include "block.h"
#include "layout.h"
#include "pic.h"
#include "virtio.h"

enum { REQUEST_READ = 0, REQUEST_WRITE = 1 };
#define BLOCK_DEVICE 0x1001
#define QUEUE_MEMORY 0x4000

struct header {
    uint32_t type, reserved;
    uint64_t sector;
};

static struct virtio device;
static struct virtqueue queue;
static uint8_t memory[QUEUE_MEMORY] __attribute__((aligned(PAGE_BYTES)));
// By the head of the chain.
static struct header headers[VIRTQUEUE_MOST];
static volatile uint8_t statuses[VIRTQUEUE_MOST];
static struct block_request *requests[VIRTQUEUE_MOST];
static struct block_request *waiting_first, *waiting_last;

static bool offer(struct block_request *request) {
    uint16_t slot = queue.free;
    if (queue.free_count < 3) return false;
    headers[slot] = (struct header){.type = request->write ? REQUEST_WRITE : REQUEST_READ, .sector = request->sector};
    const struct piece pieces[] = {
        {.data = &headers[slot], .length = sizeof headers[slot]},
        {.data = request->data, .length = request->sectors * SECTOR_BYTES, .device_writes = !request->write},
        {.data = (const void *)&statuses[slot], .length = 1, .device_writes = true},
    };
    requests[slot] = request;
    return virtqueue_add(&queue, pieces, 3) >= 0;
}

static void kick(void) {
    virtqueue_arm(&queue);
    if (virtqueue_wants_kick(&queue)) virtio_kick(&device, 0);
}

static void start(struct block_request *request) {
    request->next = 0;
    if (waiting_first || !offer(request)) {
        if (waiting_first) waiting_last->next = request;
        else waiting_first = request;
        waiting_last = request;
    }
}

static void collect(void) {
    uint32_t written;
    for (int32_t head = virtqueue_take(&queue, &written); head >= 0; head = virtqueue_take(&queue, &written)) {
        requests[head]->failed = statuses[head] != 0;
        requests[head]->done = true;
    }
    if (!waiting_first) return;
    while (waiting_first && offer(waiting_first)) waiting_first = waiting_first->next;
    kick();
}

static void interrupt(struct trap_frame *frame) {
    (void)frame;
    if (virtio_interrupt(&device)) collect();
    pic_end_of_interrupt(device.line);
}

static void interrupt_after(uint32_t count) {
    queue.threshold = count;
    virtqueue_arm(&queue);
}

static bool find(bool modern) {
    if (!virtio_open(&device, BLOCK_DEVICE, modern, VIRTIO_FEATURE(VIRTIO_EVENT_INDEX))) return false;
    uint32_t size = virtio_queue_size(&device, 0);
    if (size == 0 || size > VIRTQUEUE_MOST || virtqueue_bytes(size) > QUEUE_MEMORY) return false;
    virtqueue_init(&queue, memory, size, device.features & VIRTIO_FEATURE(VIRTIO_EVENT_INDEX));
    virtio_set_queue(&device, 0, &queue);
    virtio_ready(&device);
    virtio_handle(&device, interrupt);
    return true;
}

static bool find_legacy(void) { return find(false); }
static bool find_modern(void) { return find(true); }

#define VIRTIO_DRIVER .start = start, .notify = kick, .collect = collect, .interrupt_after = interrupt_after, .depth = 32, .largest = 128
const struct block_driver driver_virtio_legacy = {.name = "virtio-legacy", .find = find_legacy, VIRTIO_DRIVER};
const struct block_driver driver_virtio = {.name = "virtio", .find = find_modern, VIRTIO_DRIVER};
