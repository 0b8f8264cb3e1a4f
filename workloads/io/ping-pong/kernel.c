// Latency: one ping at a time, and its answer checked.
#include "ip.h"
#include "marker.h"
#include "network.h"
#include "payload.h"
#include "traffic.h"
#include "workload.h"

static struct report report = {.name = "ping-pong", .ok = true};
static uint32_t expected;
static volatile bool answered;

static void take(const uint8_t *payload, uint32_t bytes) {
    report.ok = payload_matches(payload, bytes, expected, &report.checksum) && report.ok;
    answered = true;
}

static bool is_answered(void) { return answered; }

static void ping(uint32_t number, uint32_t bytes) {
    expected = number;
    answered = false;
    icmp_ping((uint16_t)number, bytes, payload_write, number);
    network_kick();
    network_wait(is_answered);
}

static MEASURED void run(struct traffic traffic) {
    marker_region_begin();
    for (uint32_t number = 0; number < traffic.operations; number++) {
        ping(number, traffic.bytes);
        marker_operation();
    }
    marker_region_end();
}

void workload_start(void) {
    struct traffic traffic = traffic_open();
    icmp_listen(take);
    for (uint32_t number = 0; number < 2; number++) ping(number, traffic.bytes);
    report.checksum = payload_digest = 0;
    run(traffic);
    report.operations = traffic.operations;
    report.ok = report.ok && report.checksum == payload_digest;
    marker_checkpoint(report.checksum);
    workload_finish(&report);
}
