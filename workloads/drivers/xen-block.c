// The front end of Xen's block interface (Xen, public/io/blkif.h): a ring of requests, each of up to eleven granted pages or parts of pages.
#include "block.h"
#include "frame.h"
#include "layout.h"
#include "memory.h"
#include "panic.h"
#include "paravirt.h"
#include "text.h"
#include "xen-grant.h"
#include "xen-interface.h"
#include "xen-machine.h"
#include "xen-store.h"

enum { SLOTS = 32, SECTORS_IN_PAGE = PAGE_BYTES / SECTOR_BYTES };

struct block_ring {
    struct shared_ring indices;
    union {
        struct blkif_request request;
        struct blkif_response response;
    } slots[SLOTS];
};

// A request of the ring, by its id.
struct part {
    struct block_request *request;
    uint8_t *data;
    uint32_t pages, bytes;
    uint32_t references[BLKIF_MAX_SEGMENTS];
    // Where pages stay granted: the driver's own, that data is copied to and from.
    uint8_t *own[BLKIF_MAX_SEGMENTS];
    uint16_t next;
};

static struct block_ring *ring;
static uint8_t ring_page[PAGE_BYTES] __attribute__((aligned(PAGE_BYTES)));
static struct part parts[SLOTS];
static uint32_t produced, seen, port, threshold;
static uint16_t first_free;
static bool is_persistent;
static struct block_request *waiting_first, *waiting_last;
// Bytes of the first waiting request that are on their way.
static uint32_t begun;

static void fenced(void) { __asm__ volatile("lock addl $0, (%%esp)" : : : "memory", "cc"); }

static uint32_t least(uint32_t left, uint32_t right) { return left < right ? left : right; }

// One segment: from `data` to the end of its page or of the request.
static uint32_t describe(struct part *part, struct blkif_segment *segment, uint8_t *data, uint32_t left) {
    uint32_t offset = is_persistent ? 0 : (uint32_t)data % PAGE_BYTES, bytes = least(PAGE_BYTES - offset, left), index = part->pages++;
    if (is_persistent && !part->own[index]) {
        part->own[index] = physical_memory(frame_allocate());
        part->references[index] = grant_page(part->own[index], false);
    }
    if (is_persistent && part->request->write) memcpy(part->own[index], data, bytes);
    if (!is_persistent) part->references[index] = grant_page(data - offset, part->request->write);
    *segment = (struct blkif_segment){
        .gref = part->references[index], .first_sect = (uint8_t)(offset / SECTOR_BYTES), .last_sect = (uint8_t)((offset + bytes) / SECTOR_BYTES - 1),
    };
    return bytes;
}

// Puts as much of the first waiting request into a slot as one takes.
static void offer(void) {
    struct block_request *request = waiting_first;
    uint16_t id = first_free;
    struct part *part = &parts[id];
    struct blkif_request *slot = &ring->slots[produced++ % SLOTS].request;
    first_free = part->next;
    part->request = request;
    part->data = (uint8_t *)request->data + begun;
    part->pages = part->bytes = 0;
    *slot = (struct blkif_request){
        .operation = request->write ? BLKIF_OP_WRITE : BLKIF_OP_READ, .id = id, .sector_number = request->sector + begun / SECTOR_BYTES,
    };
    uint32_t left = request->sectors * SECTOR_BYTES - begun;
    while (part->pages < BLKIF_MAX_SEGMENTS && part->bytes < left) part->bytes += describe(part, &slot->seg[part->pages], part->data + part->bytes, left - part->bytes);
    slot->nr_segments = (uint8_t)part->pages;
    request->parts++;
    begun += part->bytes;
    if (part->bytes < left) return;
    begun = 0;
    waiting_first = request->next;
}

static void fill(void) {
    while (waiting_first && first_free < SLOTS) offer();
}

// After how many responses an event is wanted: never when that is 0, for no index is so far ahead.
static void want_event(void) {
    uint32_t after = produced == seen ? 1 : least(threshold, produced - seen);
    ring->indices.rsp_event = threshold == 0 ? seen - 1 : seen + after;
}

static void interrupt_after(uint32_t requests) {
    threshold = requests;
    want_event();
}

// What was put into the ring becomes visible, and the back end is told if it wants to be.
static void push(void) {
    uint32_t before = ring->indices.req_prod;
    if (before == produced) return;
    want_event();
    __asm__ volatile("" : : : "memory");
    ring->indices.req_prod = produced;
    fenced();
    if (produced - ring->indices.req_event < produced - before) xen_event_send(port);
}

static void start(struct block_request *request) {
    request->next = 0;
    request->parts = 0;
    if (waiting_first) waiting_last->next = request;
    else waiting_first = request;
    waiting_last = request;
    fill();
}

static void finish(const struct blkif_response *response) {
    if (response->id >= SLOTS) panic("a response to no request", 0);
    struct part *part = &parts[response->id];
    struct block_request *request = part->request;
    for (uint32_t index = 0, at = 0; index < part->pages; index++, at += PAGE_BYTES) {
        if (!is_persistent) grant_end(part->references[index]);
        else if (!request->write) memcpy(part->data + at, part->own[index], least(PAGE_BYTES, part->bytes - at));
    }
    part->next = first_free;
    first_free = (uint16_t)response->id;
    if (response->status != 0) request->failed = true;
    if (--request->parts == 0 && request != waiting_first) request->done = true;
}

static void event(void) {
    do {
        while (seen != ring->indices.rsp_prod) finish(&ring->slots[seen++ % SLOTS].response);
        want_event();
        fenced();
    } while (seen != ring->indices.rsp_prod);
    fill();
    push();
}

static void tell(const char *front) {
    store_begin();
    store_write_number(front, "ring-ref", grant_page(ring, false));
    store_write_number(front, "event-channel", port);
    store_write(front, "protocol", "x86_32-abi");
    store_write(front, "feature-persistent", is_persistent ? "1" : "0");
    store_write_number(front, "state", STATE_INITIALISED);
    store_end();
}

static bool connect(const char *front) {
    char path[STORE_TEXT], back[STORE_TEXT];
    text_append(text_append(path, front), "/backend");
    if (!store_read(path, back) || !store_await_state(back, STATE_INIT_WAIT)) return false;
    is_persistent = store_read_number(back, "feature-persistent") == 1;
    port = xen_event_allocate();
    xen_event_handle(port, event);
    want_event();
    ring->indices.req_event = 1;
    tell(front);
    if (!store_await_state(back, STATE_CONNECTED) || store_read_number(back, "sectors") == 0) return false;
    store_write_number(front, "state", STATE_CONNECTED);
    return true;
}

static bool find(void) {
    char front[STORE_TEXT], name[STORE_TEXT];
    if (!xen_find()) return false;
    ring = (struct block_ring *)ring_page;
    threshold = 1;
    for (uint16_t id = 0; id < SLOTS; id++) parts[id].next = (uint16_t)(id + 1);
    store_open();
    if (!store_first("device/vbd", name)) return false;
    text_append(text_append(front, "device/vbd/"), name);
    return connect(front);
}

const struct block_driver driver_xen = {.name = "xen", .find = find, .start = start, .notify = push, .collect = event, .interrupt_after = interrupt_after, .depth = SLOTS, .largest = 128};
