// A virtio device over PCI, by the legacy registers or by the structures of 1.0 (OASIS virtio 1.2, 4.1).
#pragma once
#include "pci.h"
#include "virtqueue.h"

enum { VIRTIO_EVENT_INDEX = 29 };

struct virtio {
    pci_function function;
    bool modern;
    uint16_t port;
    volatile uint8_t *common, *interrupt, *doorbells;
    uint32_t doorbell_step;
};

// Finds the device of a transitional PCI identity and brings it to where queues are set up; event indices are taken if offered.
bool virtio_open(struct virtio *device, uint16_t identity, bool modern, bool *event_index);
// Entries of a queue, at most VIRTQUEUE_MOST.
uint32_t virtio_queue_size(struct virtio *device, uint16_t index);
void virtio_set_queue(struct virtio *device, uint16_t index, const struct virtqueue *queue);
void virtio_ready(struct virtio *device);
void virtio_kick(struct virtio *device, uint16_t index);
// Reads the cause of an interrupt, which lets the line go; 0 when it was another device's.
uint8_t virtio_interrupt(struct virtio *device);
