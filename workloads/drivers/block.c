// Drivers by name, and waiting for what they do.
#include "block.h"
#include "parameter.h"
#include "paravirt.h"

// In the order in which `auto` tries them.
static const struct block_driver *const drivers[] = {&driver_xen, &driver_virtio, &driver_virtio_legacy, &driver_ide_dma, &driver_ide_pio};

const struct block_driver *block_find(const char *line) {
    for (uint32_t index = 0; index < sizeof drivers / sizeof *drivers; index++) {
        if (!drivers[index]) continue;
        bool named = parameter_is(line, "driver", drivers[index]->name);
        if ((named || parameter_is(line, "driver", "auto")) && drivers[index]->find()) return drivers[index];
    }
    return 0;
}

void block_submit(const struct block_driver *driver, struct block_request *requests, uint32_t count) {
    uint32_t flags = lock_interrupts();
    for (struct block_request *request = requests; request < requests + count; request++) {
        request->done = false;
        request->failed = false;
        driver->start(request);
    }
    if (driver->notify) driver->notify();
    unlock_interrupts(flags);
}

bool block_wait(struct block_request *request) {
    interrupts_disable();
    while (!request->done) {
        enable_and_halt();
        interrupts_disable();
    }
    interrupts_enable();
    return !request->failed;
}

bool block_poll(const struct block_driver *driver, struct block_request *request) {
    while (!request->done) {
        // Why: the device may interrupt all the same, and its handler collects too.
        uint32_t flags = lock_interrupts();
        driver->collect();
        unlock_interrupts(flags);
    }
    return !request->failed;
}
