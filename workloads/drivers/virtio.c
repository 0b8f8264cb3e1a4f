#include "virtio.h"
#include "instruction.h"
#include "layout.h"
#include "pic.h"
#include "port.h"

#define VENDOR 0x1AF4
enum { STATUS_ACKNOWLEDGE = 1, STATUS_DRIVER = 2, STATUS_DRIVER_OK = 4, STATUS_FEATURES_OK = 8 };
// Legacy registers.
enum { L_DEVICE_FEATURES = 0, L_DRIVER_FEATURES = 4, L_QUEUE_ADDRESS = 8, L_QUEUE_SIZE = 12, L_QUEUE_SELECT = 14, L_QUEUE_NOTIFY = 16, L_STATUS = 18, L_INTERRUPT = 19, L_CONFIGURATION = 20 };
// The common configuration structure.
enum {
    C_DEVICE_HALF = 0, C_DEVICE_FEATURES = 4, C_DRIVER_HALF = 8, C_DRIVER_FEATURES = 12, C_STATUS = 20, C_QUEUE_SELECT = 22, C_QUEUE_SIZE = 24, C_QUEUE_ENABLE = 28,
    C_QUEUE_DESCRIPTORS = 32, C_QUEUE_DRIVER = 40, C_QUEUE_DEVICE = 48,
};
enum { CAPABILITY_VENDOR = 9, CAPABILITY_COMMON = 1, CAPABILITY_NOTIFY = 2, CAPABILITY_INTERRUPT = 3, CAPABILITY_DEVICE = 4 };
#define WINDOW_BYTES 0x4000

#define FIELD(type, device, offset) (*(volatile type *)((device)->common + (offset)))

static void set_status(struct virtio *device, uint8_t status) {
    if (device->modern) FIELD(uint8_t, device, C_STATUS) = status;
    else port_write(device->port + L_STATUS, status);
}

// Where each structure lies is told by capabilities in configuration space; all are in one base address here.
static bool find_structures(struct virtio *device) {
    volatile uint8_t *window = 0;
    for (uint32_t at = pci_read(device->function, PCI_CAPABILITIES) & 0xFC; at; at = pci_read(device->function, at) >> 8 & 0xFC) {
        uint32_t head = pci_read(device->function, at), kind = head >> 24, bar = pci_read(device->function, at + 4) & 0xFF;
        uint32_t offset = pci_read(device->function, at + 8);
        if ((head & 0xFF) != CAPABILITY_VENDOR || kind > CAPABILITY_DEVICE) continue;
        if (!window) window = pci_map(device->function, bar, WINDOW_BYTES);
        if (kind == CAPABILITY_COMMON) device->common = window + offset;
        if (kind == CAPABILITY_INTERRUPT) device->interrupt = window + offset;
        if (kind == CAPABILITY_DEVICE) device->configuration = window + offset;
        if (kind == CAPABILITY_NOTIFY) {
            device->doorbells = window + offset;
            device->doorbell_step = pci_read(device->function, at + 16);
        }
    }
    return device->common && device->interrupt && device->doorbells;
}

static void negotiate(struct virtio *device, uint32_t wanted) {
    if (!device->modern) {
        device->features = port_read32(device->port + L_DEVICE_FEATURES) & wanted;
        port_write32(device->port + L_DRIVER_FEATURES, device->features);
        return;
    }
    FIELD(uint32_t, device, C_DEVICE_HALF) = 0;
    device->features = FIELD(uint32_t, device, C_DEVICE_FEATURES) & wanted;
    FIELD(uint32_t, device, C_DRIVER_HALF) = 0;
    FIELD(uint32_t, device, C_DRIVER_FEATURES) = device->features;
    FIELD(uint32_t, device, C_DRIVER_HALF) = 1;
    FIELD(uint32_t, device, C_DRIVER_FEATURES) = 1;
    set_status(device, STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK);
}

bool virtio_open(struct virtio *device, uint16_t identity, bool modern, uint32_t wanted) {
    *device = (struct virtio){.function = pci_find(VENDOR, identity), .modern = modern};
    if (device->function == PCI_NONE) return false;
    pci_enable(device->function);
    device->line = pci_line(device->function);
    device->port = pci_port(device->function, 0);
    if (modern && !find_structures(device)) return false;
    set_status(device, 0);
    set_status(device, STATUS_ACKNOWLEDGE);
    set_status(device, STATUS_ACKNOWLEDGE | STATUS_DRIVER);
    negotiate(device, wanted);
    return true;
}

uint8_t virtio_configuration(const struct virtio *device, uint32_t offset) {
    return device->modern ? device->configuration[offset] : port_read((uint16_t)(device->port + L_CONFIGURATION + offset));
}

void virtio_handle(const struct virtio *device, trap_handler *handler) {
    trap_set_handler(VECTOR_INTERRUPTS + device->line, handler);
    pic_unmask(2);
    pic_unmask(device->line);
}

uint32_t virtio_queue_size(struct virtio *device, uint16_t index) {
    if (!device->modern) {
        port_write16(device->port + L_QUEUE_SELECT, index);
        return port_read16(device->port + L_QUEUE_SIZE);
    }
    FIELD(uint16_t, device, C_QUEUE_SELECT) = index;
    uint32_t size = FIELD(uint16_t, device, C_QUEUE_SIZE);
    if (size > VIRTQUEUE_MOST) FIELD(uint16_t, device, C_QUEUE_SIZE) = size = VIRTQUEUE_MOST;
    return size;
}

static void place(struct virtio *device, uint32_t offset, const volatile void *memory) {
    FIELD(uint32_t, device, offset) = (uint32_t)memory - KERNEL_BASE;
    FIELD(uint32_t, device, offset + 4) = 0;
}

void virtio_set_queue(struct virtio *device, uint16_t index, const struct virtqueue *queue) {
    if (!device->modern) {
        port_write16(device->port + L_QUEUE_SELECT, index);
        port_write32(device->port + L_QUEUE_ADDRESS, ((uint32_t)queue->descriptors - KERNEL_BASE) / PAGE_BYTES);
        return;
    }
    FIELD(uint16_t, device, C_QUEUE_SELECT) = index;
    place(device, C_QUEUE_DESCRIPTORS, queue->descriptors);
    place(device, C_QUEUE_DRIVER, queue->available);
    place(device, C_QUEUE_DEVICE, queue->used);
    FIELD(uint16_t, device, C_QUEUE_ENABLE) = 1;
}

void virtio_ready(struct virtio *device) {
    set_status(device, (uint8_t)(STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_DRIVER_OK | (device->modern ? STATUS_FEATURES_OK : 0)));
}

void virtio_kick(struct virtio *device, uint16_t index) {
    if (device->modern) *(volatile uint16_t *)(device->doorbells + index * device->doorbell_step) = index;
    else port_write16(device->port + L_QUEUE_NOTIFY, index);
}

uint8_t virtio_interrupt(struct virtio *device) {
    return device->modern ? *device->interrupt : port_read(device->port + L_INTERRUPT);
}
