#include "traffic.h"
#include "ip.h"
#include "network.h"
#include "panic.h"
#include "parameter.h"
#include "payload.h"
#include "settings.h"

static uint32_t bounded(const char *name, uint32_t least, uint32_t most) {
    uint32_t value = parameter_number(parameters, name);
    return value < least ? least : value > most ? most : value;
}

struct traffic traffic_open(void) {
    enum { HEADERS = IP_HEADER_BYTES + UDP_HEADER_BYTES };
    if (!network_open(parameters)) panic("no network card for this driver", 0);
    ip_open();
    return (struct traffic){
        .operations = parameter_number(parameters, "operations"), .bytes = bounded("size", PAYLOAD_LEAST + HEADERS, MTU) - HEADERS,
        .depth = bounded("depth", 1, MOST_DEPTH),
    };
}
