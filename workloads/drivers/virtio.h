// A virtio device over PCI, by the legacy registers or by the structures of 1.0 (OASIS virtio 1.2, 4.1).
#pragma once
#include "pci.h"
#include "trap.h"
#include "virtqueue.h"

enum { VIRTIO_EVENT_INDEX = 29 };
// A feature as negotiation has it.
#define VIRTIO_FEATURE(bit) (1u << (bit))

struct virtio {
    pci_function function;
    bool modern;
    uint16_t port;
    volatile uint8_t *common, *interrupt, *doorbells, *configuration;
    uint32_t doorbell_step;
    // Features of the first 32 that device and driver share.
    uint32_t features;
    unsigned line;
};

// Finds the device of a transitional PCI identity and brings it to where queues are set up; of the first 32 features it takes those that
// are wanted and offered.
bool virtio_open(struct virtio *device, uint16_t identity, bool modern, uint32_t wanted);
// A byte of the device's own configuration.
uint8_t virtio_configuration(const struct virtio *device, uint32_t offset);
// Entries of a queue, at most VIRTQUEUE_MOST.
uint32_t virtio_queue_size(struct virtio *device, uint16_t index);
void virtio_set_queue(struct virtio *device, uint16_t index, const struct virtqueue *queue);
void virtio_ready(struct virtio *device);
void virtio_kick(struct virtio *device, uint16_t index);
// Directs the device's interrupt to a handler, and unmasks it.
void virtio_handle(const struct virtio *device, trap_handler *handler);
// Reads the cause of an interrupt, which lets the line go; 0 when it was another device's.
uint8_t virtio_interrupt(struct virtio *device);
