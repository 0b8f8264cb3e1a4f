// What datagrams of the workloads carry: their number, then words that follow from it, so that order and content can be checked by either
// side. The peer's half is src/devices/network/services.ts.
#pragma once
#include <stdbool.h>
#include <stdint.h>

// The peer's ports: discard (RFC 863) adds up what it gets, the ledger tells what that came to and starts anew, the generator sends as
// many datagrams as it is asked for.
enum { PORT_DISCARD = 9, PORT_GENERATOR = 19, PORT_LEDGER = 1009 };

struct generator_request {
    uint32_t first, count, bytes;
};

struct ledger {
    uint32_t datagrams, bytes, digest;
};

enum { PAYLOAD_LEAST = 16, PAYLOAD_MOST = 1472 };

// Writes the payload of datagram `number` and folds it into the digest of all that were written.
void payload_write(uint8_t *payload, uint32_t bytes, uint32_t number);
extern uint32_t payload_digest;

// Whether this is the payload of datagram `number`; folds it into a digest.
bool payload_matches(const uint8_t *payload, uint32_t bytes, uint32_t number, uint32_t *digest);
