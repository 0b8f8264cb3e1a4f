// The network layer: whole Ethernet frames between a card's driver and the protocols above it. What a frame means is in ip.h.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { CARD_ADDRESS_BYTES = 6, FRAME_MOST = 1514, FRAME_BUFFER_BYTES = 2048, RECEIVE_BUFFERS = 128, TRANSMIT_BUFFERS = 64 };

// Memory for frames, contiguous in physical memory, for whichever driver runs. A buffer does not cross a page.
typedef uint8_t frame_buffer[FRAME_BUFFER_BYTES];
extern frame_buffer receive_buffers[RECEIVE_BUFFERS], transmit_buffers[TRANSMIT_BUFFERS];

// What a driver does. All of it is called with interrupts held off.
struct network_driver {
    const char *name;
    // Looks for its card and brings it up, ready to send and to receive but silent: without interrupts. False when there is none.
    bool (*find)(uint8_t address[CARD_ADDRESS_BYTES]);
    // The place of the next frame to send, FRAME_MOST bytes long, or null while all are under way. The same one until `send`.
    void *(*buffer)(void);
    // The frame in that place is complete, `bytes` long. The card may learn of it no sooner than by `kick`.
    void (*send)(uint32_t bytes);
    void (*kick)(void);
    // Gives every frame that has come in to network_input, in order, and frees the places of those that were sent.
    void (*poll)(void);
    // Lets the card interrupt when a frame has come in or a place has become free, where nothing of that kind is left for `poll` to
    // find. The driver's own handler then calls `poll`.
    void (*interrupts)(bool on);
    // At most so many interrupts a second, 0 for no limit; null where a card has no such thing.
    void (*moderate)(uint32_t rate);
};

// The drivers of this build, ended by null, in the order in which `auto` tries them.
extern const struct network_driver *const network_drivers[];

// Opens the card of the driver that the parameter `driver` names, or the first that finds one for `auto`; false when none does. The
// parameter `mode` says how the guest learns of what has happened: `interrupt`, or `polled`.
bool network_open(const char *line);
extern uint8_t network_address[CARD_ADDRESS_BYTES];

// Frames to send are built in place: a place is taken, filled, and handed over with its length. With interrupts held off from
// taking to handing over. Waits until one is free.
void *network_buffer(void);
// The same without waiting: null while none is free.
void *network_buffer_at_once(void);
void network_send(uint32_t bytes);
// The card is told of everything handed over so far.
void network_kick(void);

// Waits until `done` says so: sleeps from interrupt to interrupt, or polls.
void network_wait(bool (*done)(void));

// A frame has come in; it is the card's again after the call. Defined in ip.c.
void network_input(const uint8_t *frame, uint32_t bytes);
