// The block layer: requests for sectors of 512 bytes, handed to whichever driver found its controller.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { SECTOR_BYTES = 512 };

// A request is the driver's from block_submit until `done`. Its data is contiguous physical memory.
struct block_request {
    uint32_t sector;
    uint32_t sectors;
    void *data;
    bool write;
    volatile bool done;
    bool failed;
    // The driver's own: pieces of it that are under way.
    uint32_t parts;
    struct block_request *next;
};

struct block_driver {
    const char *name;
    // Looks for its controller and a disk; false when either is missing.
    bool (*find)(void);
    // With interrupts off. The device need not hear of it before `notify`.
    void (*start)(struct block_request *request);
    // Tells the device of all that was started; null where `start` does.
    void (*notify)(void);
    // Takes up what is done without being interrupted; null where only an interrupt can.
    void (*collect)(void);
    // Has the device interrupt once for so many requests, for 0 never; null where it interrupts for each.
    void (*interrupt_after)(uint32_t requests);
    // Requests it can hold at once.
    uint32_t depth;
    // Most sectors of one request.
    uint32_t largest;
};

// An image holds those that its build can use.
extern const struct block_driver driver_ide_pio __attribute__((weak)), driver_ide_dma __attribute__((weak)), driver_virtio_legacy __attribute__((weak)),
    driver_virtio __attribute__((weak)), driver_xen __attribute__((weak));

// The driver that the parameter `driver` names, or the first that finds a disk for `auto`; null when it finds nothing.
const struct block_driver *block_find(const char *line);
// Hands requests to the driver, and has the device told once.
void block_submit(const struct block_driver *driver, struct block_request *requests, uint32_t count);
// Sleeps until a request is done; true when it succeeded.
bool block_wait(struct block_request *request);
// Looks at the device until a request is done.
bool block_poll(const struct block_driver *driver, struct block_request *request);
