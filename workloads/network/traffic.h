// What the network workloads begin with: the card is opened, the peer is known, and the parameters are read.
#pragma once
#include <stdint.h>

struct traffic {
    uint32_t operations;
    // Bytes of a payload: what the parameter `size` leaves of an IP packet behind its headers.
    uint32_t bytes;
    uint32_t depth;
};

enum { MOST_DEPTH = 32 };

// Panics when there is no card for the driver that is named.
struct traffic traffic_open(void);
