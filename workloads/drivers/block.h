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
    // With interrupts off.
    void (*start)(struct block_request *request);
    // With interrupts off, before anybody waits: tells the device of what was started. Null where starting does.
    void (*kick)(void);
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
void block_submit(const struct block_driver *driver, struct block_request *request);
// Sleeps until a request is done; true when it succeeded.
bool block_wait(struct block_request *request);
