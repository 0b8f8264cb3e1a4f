// Transactions: a small request, an answer of `bytes` bytes, `depth` of them under way at once. Answers come in the order of the requests.
#include "ip.h"
#include "marker.h"
#include "memory.h"
#include "network.h"
#include "payload.h"
#include "traffic.h"
#include "workload.h"

static struct report report = {.name = "request-response", .ok = true};
static struct traffic traffic;
static volatile uint32_t answered;
static uint32_t next;

static void take(const uint8_t *payload, uint32_t bytes) {
    report.ok = bytes == traffic.bytes && payload_matches(payload, bytes, answered, &report.checksum) && report.ok;
    answered++;
}

static void write_request(uint8_t *payload, uint32_t bytes, uint32_t number) {
    struct generator_request request = {.first = number, .count = 1, .bytes = traffic.bytes};
    memcpy(payload, &request, bytes);
}

static bool is_next_answered(void) { return answered > next; }

static MEASURED void run(uint32_t count, bool measured) {
    uint32_t requested = 0;
    answered = 0;
    if (measured) marker_region_begin();
    for (next = 0; next < count; next++) {
        for (; requested < count && requested < next + traffic.depth; requested++) {
            udp_send(PORT_GENERATOR, sizeof(struct generator_request), write_request, requested);
            network_kick();
        }
        network_wait(is_next_answered);
        if (measured) marker_operation();
    }
    if (measured) marker_region_end();
}

void workload_start(void) {
    traffic = traffic_open();
    udp_listen(take);
    run(2 * traffic.depth, false);
    report.checksum = 0;
    run(traffic.operations, true);
    report.operations = traffic.operations;
    marker_checkpoint(report.checksum);
    workload_finish(&report);
}
