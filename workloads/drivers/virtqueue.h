// A split virtqueue from the driver's side (OASIS virtio 1.2, 2.7), with event indices when the device has them.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { VIRTQUEUE_MOST = 256 };
enum { DESCRIPTOR_NEXT = 1, DESCRIPTOR_WRITE = 2 };

struct descriptor {
    uint64_t address;
    uint32_t length;
    uint16_t flags, next;
};

struct virtqueue {
    uint32_t size;
    struct descriptor *descriptors;
    volatile uint16_t *available;
    volatile uint16_t *used;
    uint16_t offered, seen;
    // Index at the last kick.
    uint16_t kicked;
    bool event_index;
    // Chains that must be back before the device interrupts, or all that are out when these are fewer; 0: never.
    uint32_t threshold;
    // Free descriptors, linked by `next`.
    uint16_t free;
    uint32_t free_count;
};

// One piece of a chain.
struct piece {
    const void *data;
    uint32_t length;
    bool device_writes;
};

// Bytes of a queue's memory in the legacy layout, which is used for both interfaces; it is aligned to a page.
uint32_t virtqueue_bytes(uint32_t size);
void virtqueue_init(struct virtqueue *queue, void *memory, uint32_t size, bool event_index);
// Tells the device when to interrupt: for all that has been added and not come back.
void virtqueue_arm(struct virtqueue *queue);
// Adds a chain without telling the device; returns its head, or -1 when there is no room.
int32_t virtqueue_add(struct virtqueue *queue, const struct piece *pieces, uint32_t count);
// Whether the device wants to be told of what was added since it was last asked.
bool virtqueue_wants_kick(struct virtqueue *queue);
// The head of the next chain the device has given back, or -1; its descriptors are free again.
int32_t virtqueue_take(struct virtqueue *queue, uint32_t *written);
