// Choosing a driver, and waiting for it.
#include "network.h"
#include "layout.h"
#include "parameter.h"
#include "paravirt.h"

frame_buffer receive_buffers[RECEIVE_BUFFERS] __attribute__((aligned(PAGE_BYTES)));
frame_buffer transmit_buffers[TRANSMIT_BUFFERS] __attribute__((aligned(PAGE_BYTES)));
uint8_t network_address[CARD_ADDRESS_BYTES];

static const struct network_driver *driver;
static bool polled;

// Why: the first touch of a page is dear under virtualization, and rings go round too slowly for a warm-up to reach them all.
static void touch(frame_buffer *buffers, uint32_t count) {
    for (uint32_t index = 0; index < count; index++) *(volatile uint8_t *)buffers[index] = 0;
}

bool network_open(const char *line) {
    touch(receive_buffers, RECEIVE_BUFFERS);
    touch(transmit_buffers, TRANSMIT_BUFFERS);
    for (uint32_t index = 0; network_drivers[index]; index++) {
        bool named = parameter_is(line, "driver", network_drivers[index]->name);
        if ((named || parameter_is(line, "driver", "auto")) && network_drivers[index]->find(network_address)) {
            driver = network_drivers[index];
            break;
        }
    }
    polled = parameter_is(line, "mode", "polled");
    if (!driver) return false;
    uint32_t flags = lock_interrupts();
    if (driver->moderate) driver->moderate(parameter_number(line, "moderation"));
    driver->interrupts(!polled);
    unlock_interrupts(flags);
    return true;
}

void *network_buffer_at_once(void) { return driver->buffer(); }

// An interrupt that comes between the look and the halt ends the halt: they are one step.
static void wait_once(void) {
    if (polled) {
        driver->poll();
        return;
    }
    enable_and_halt();
    interrupts_disable();
}

void *network_buffer(void) {
    void *place = driver->buffer();
    for (; !place; place = driver->buffer()) wait_once();
    return place;
}

void network_send(uint32_t bytes) { driver->send(bytes); }

void network_kick(void) {
    uint32_t flags = lock_interrupts();
    driver->kick();
    unlock_interrupts(flags);
}

void network_wait(bool (*done)(void)) {
    uint32_t flags = lock_interrupts();
    while (!done()) wait_once();
    unlock_interrupts(flags);
}
