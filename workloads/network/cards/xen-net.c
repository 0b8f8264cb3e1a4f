// The front end of Xen's network interface (Xen, public/io/netif.h): one ring of frames to send, one of pages to be filled. Both rings and all
// frames are granted once, for good.
#include "layout.h"
#include "network.h"
#include "text.h"
#include "xen-grant.h"
#include "xen-interface.h"
#include "xen-machine.h"
#include "xen-store.h"

// A page holds one frame that comes in, for it is filled from its start, and two that go out.
enum { SLOTS = 256, PAGES = RECEIVE_BUFFERS * FRAME_BUFFER_BYTES / PAGE_BYTES };

struct transmit_ring {
    struct shared_ring indices;
    union {
        struct netif_tx_request request;
        struct netif_tx_response response;
    } slots[SLOTS];
};

struct receive_ring {
    struct shared_ring indices;
    union {
        struct netif_rx_request request;
        struct netif_rx_response response;
    } slots[SLOTS];
};

static uint8_t ring_pages[2][PAGE_BYTES] __attribute__((aligned(PAGE_BYTES)));
static struct transmit_ring *transmit;
static struct receive_ring *receive;
static uint32_t offered, received, produced, reclaimed, port;
static uint32_t receive_grants[PAGES], transmit_grants[TRANSMIT_BUFFERS];
static uint16_t free_buffers[TRANSMIT_BUFFERS];
static uint32_t free_count;
static bool interrupting;

static void fenced(void) { __asm__ volatile("lock addl $0, (%%esp)" : : : "memory", "cc"); }

static uint8_t *page(uint32_t index) { return (uint8_t *)receive_buffers + index * PAGE_BYTES; }

// What was put into a ring becomes visible; whether the back end wants to be told.
static bool push(struct shared_ring *ring, uint32_t now) {
    uint32_t before = ring->req_prod;
    __asm__ volatile("" : : : "memory");
    ring->req_prod = now;
    fenced();
    return before != now && now - ring->req_event < now - before;
}

static void offer_page(uint32_t index) {
    receive->slots[offered++ % SLOTS].request = (struct netif_rx_request){.id = (uint16_t)index, .gref = receive_grants[index]};
}

// An event is wanted for places only when all are under way.
static void reclaim(void) {
    do {
        for (; reclaimed != transmit->indices.rsp_prod; reclaimed++) free_buffers[free_count++] = transmit->slots[reclaimed % SLOTS].response.id;
        if (free_count > 0 || !interrupting) return;
        transmit->indices.rsp_event = reclaimed + 1;
        fenced();
    } while (reclaimed != transmit->indices.rsp_prod);
}

static void *buffer(void) {
    if (free_count == 0) reclaim();
    return free_count ? transmit_buffers[free_buffers[free_count - 1]] : 0;
}

static void send(uint32_t bytes) {
    uint16_t index = free_buffers[--free_count];
    transmit->slots[produced++ % SLOTS].request = (struct netif_tx_request){
        .gref = transmit_grants[index], .offset = (uint16_t)((uint32_t)transmit_buffers[index] % PAGE_BYTES), .id = index, .size = (uint16_t)bytes,
    };
}

static void kick(void) {
    if (push(&transmit->indices, produced)) xen_event_send(port);
}

static void poll(void) {
    do {
        for (; received != receive->indices.rsp_prod; received++) {
            struct netif_rx_response response = receive->slots[received % SLOTS].response;
            if (response.status > 0) network_input(page(response.id) + response.offset, (uint32_t)response.status);
            offer_page(response.id);
        }
        if (!interrupting) break;
        receive->indices.rsp_event = received + 1;
        fenced();
    } while (received != receive->indices.rsp_prod);
    if (push(&receive->indices, offered)) xen_event_send(port);
}

static void event(void) {
    if (interrupting) poll();
}

// An index behind what was seen asks for no event.
static void interrupts(bool on) {
    interrupting = on;
    transmit->indices.rsp_event = reclaimed - 1;
    receive->indices.rsp_event = received - 1;
    if (on) poll();
}

static uint8_t digit(char letter) { return (uint8_t)(letter <= '9' ? letter - '0' : letter - 'a' + 10); }

static void set_up_rings(void) {
    transmit = (struct transmit_ring *)ring_pages[0];
    receive = (struct receive_ring *)ring_pages[1];
    transmit->indices.req_event = receive->indices.req_event = 1;
    interrupts(false);
    for (uint32_t index = 0; index < PAGES; index++) {
        receive_grants[index] = grant_page(page(index), false);
        offer_page(index);
    }
    for (uint16_t index = 0; index < TRANSMIT_BUFFERS; index++) {
        transmit_grants[index] = grant_page((void *)((uint32_t)transmit_buffers[index] & ~(PAGE_BYTES - 1u)), true);
        free_buffers[free_count++] = index;
    }
    push(&receive->indices, offered);
}

static void tell(const char *front) {
    store_begin();
    store_write_number(front, "tx-ring-ref", grant_page(transmit, false));
    store_write_number(front, "rx-ring-ref", grant_page(receive, false));
    store_write_number(front, "event-channel", port);
    store_write(front, "request-rx-copy", "1");
    store_write(front, "feature-rx-notify", "1");
    store_write_number(front, "state", STATE_CONNECTED);
    store_end();
}

static bool connect(const char *front, uint8_t address[CARD_ADDRESS_BYTES]) {
    char path[STORE_TEXT], text[STORE_TEXT];
    text_append(text_append(path, front), "/mac");
    if (!store_read(path, text)) return false;
    for (uint32_t index = 0; index < CARD_ADDRESS_BYTES; index++) address[index] = (uint8_t)(digit(text[3 * index]) << 4 | digit(text[3 * index + 1]));
    text_append(text_append(path, front), "/backend");
    if (!store_read(path, text) || !store_await_state(text, STATE_INIT_WAIT)) return false;
    set_up_rings();
    port = xen_event_allocate();
    xen_event_handle(port, event);
    tell(front);
    return store_await_state(text, STATE_CONNECTED);
}

static bool find(uint8_t address[CARD_ADDRESS_BYTES]) {
    char front[STORE_TEXT], name[STORE_TEXT];
    if (!xen_find()) return false;
    store_open();
    if (!store_first("device/vif", name)) return false;
    text_append(text_append(front, "device/vif/"), name);
    return connect(front, address);
}

const struct network_driver driver_xen_net = {
    .name = "xen", .find = find, .buffer = buffer, .send = send, .kick = kick, .poll = poll, .interrupts = interrupts,
};
