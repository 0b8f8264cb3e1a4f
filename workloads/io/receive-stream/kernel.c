// Datagrams as fast as the peer sends them, asked for `depth` at a time with another such batch always under way. Each is checked when it
// comes in, and must be the next.
#include "ip.h"
#include "marker.h"
#include "memory.h"
#include "network.h"
#include "payload.h"
#include "traffic.h"
#include "workload.h"

static struct report report = {.name = "receive-stream", .ok = true};
static struct traffic traffic;
static volatile uint32_t received;
// Datagrams asked for, of how many in all; how many must have come before more are asked for.
static uint32_t asked, wanted, next_ask;
static bool measured;

static void take(const uint8_t *payload, uint32_t bytes) {
    report.ok = bytes == traffic.bytes && payload_matches(payload, bytes, received, &report.checksum) && report.ok;
    received++;
    if (measured) marker_operation();
}

static void write_request(uint8_t *payload, uint32_t bytes, uint32_t count) {
    struct generator_request request = {.first = asked, .count = count, .bytes = traffic.bytes};
    memcpy(payload, &request, bytes);
}

static void ask(void) {
    uint32_t left = wanted - asked, count = left < traffic.depth ? left : traffic.depth;
    if (count == 0) return;
    udp_send(PORT_GENERATOR, sizeof(struct generator_request), write_request, count);
    network_kick();
    asked += count;
}

static bool is_more_wanted(void) { return received >= next_ask; }

static MEASURED void run(uint32_t count) {
    asked = received = 0;
    wanted = count;
    if (measured) marker_region_begin();
    ask();
    for (next_ask = 0; next_ask < count;) {
        ask();
        next_ask = next_ask + traffic.depth < count ? next_ask + traffic.depth : count;
        network_wait(is_more_wanted);
    }
    if (measured) marker_region_end();
}

void workload_start(void) {
    traffic = traffic_open();
    udp_listen(take);
    run(2 * traffic.depth);
    report.checksum = 0;
    measured = true;
    run(traffic.operations);
    report.operations = traffic.operations;
    marker_checkpoint(report.checksum);
    workload_finish(&report);
}
