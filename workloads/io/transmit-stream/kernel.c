// Datagrams as fast as the card takes them, `depth` handed over before it is told. The peer adds them up and is asked at the end.
#include "ip.h"
#include "marker.h"
#include "memory.h"
#include "network.h"
#include "payload.h"
#include "traffic.h"
#include "workload.h"

static struct ledger ledger;
static volatile bool told;

static void take(const uint8_t *payload, uint32_t bytes) {
    if (bytes != sizeof ledger) return;
    memcpy(&ledger, payload, sizeof ledger);
    told = true;
}

static bool is_told(void) { return told; }

// What the peer has got since it was last asked.
static struct ledger ask(void) {
    told = false;
    udp_send(PORT_LEDGER, PAYLOAD_LEAST, payload_write, 0);
    network_kick();
    network_wait(is_told);
    return ledger;
}

static MEASURED void run(uint32_t count, struct traffic traffic, bool measured) {
    if (measured) marker_region_begin();
    for (uint32_t number = 0; number < count; number++) {
        udp_send(PORT_DISCARD, traffic.bytes, payload_write, number);
        if ((number + 1) % traffic.depth == 0 || number + 1 == count) network_kick();
        if (measured) marker_operation();
    }
    if (measured) marker_region_end();
}

void workload_start(void) {
    struct traffic traffic = traffic_open();
    udp_listen(take);
    run(2 * traffic.depth, traffic, false);
    ask();
    payload_digest = 0;
    run(traffic.operations, traffic, true);
    struct report report = {.name = "transmit-stream", .operations = traffic.operations, .checksum = payload_digest};
    struct ledger got = ask();
    report.ok = got.datagrams == traffic.operations && got.bytes == traffic.operations * traffic.bytes && got.digest == report.checksum;
    marker_checkpoint(report.checksum);
    workload_finish(&report);
}
