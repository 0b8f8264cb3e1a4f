// Messages of the store: each request is answered, and events of watches come between (Xen, public/io/xs_wire.h).
#include "xen-store.h"
#include "memory.h"
#include "panic.h"
#include "parameter.h"
#include "paravirt.h"
#include "text.h"
#include "xen-interface.h"
#include "xen-machine.h"

static struct xenstore_domain_interface *page;
static uint32_t transaction, requests;
static char payload[1024];

static void woken(void) {}

void store_open(void) {
    if (page) return;
    page = xen_store_page();
    xen_event_handle(xen_store_port(), woken);
}

// Sleeps until an index of the page moves.
static void wait_while(const volatile uint32_t *index, uint32_t value) {
    interrupts_disable();
    while (*index == value) {
        enable_and_halt();
        interrupts_disable();
    }
    interrupts_enable();
}

static void put(const void *bytes, uint32_t count) {
    for (const uint8_t *from = bytes; count > 0; from++, count--) {
        if (page->req_prod - page->req_cons == XENSTORE_RING_BYTES) {
            xen_event_send(xen_store_port());
            wait_while(&page->req_cons, page->req_cons);
        }
        page->req[page->req_prod % XENSTORE_RING_BYTES] = *from;
        __asm__ volatile("" : : : "memory");
        page->req_prod++;
    }
}

static void take(void *bytes, uint32_t count) {
    for (uint8_t *to = bytes; count > 0; to++, count--) {
        if (page->rsp_prod == page->rsp_cons) {
            xen_event_send(xen_store_port());
            wait_while(&page->rsp_prod, page->rsp_cons);
        }
        *to = page->rsp[page->rsp_cons % XENSTORE_RING_BYTES];
        __asm__ volatile("" : : : "memory");
        page->rsp_cons++;
    }
}

// The next message of a type; others are let pass.
static uint32_t await(uint32_t type) {
    struct xsd_sockmsg header;
    do {
        take(&header, sizeof header);
        if (header.len >= sizeof payload) panic("a message of the store is too long", 0);
        take(payload, header.len);
        payload[header.len] = '\0';
    } while (header.type != type && (header.type != XS_ERROR || type == XS_WATCH_EVENT));
    return header.type == type ? header.len : 0xFFFFFFFFu;
}

static uint32_t length(const char *text) {
    uint32_t count = 0;
    while (text[count] != '\0') count++;
    return count;
}

// `second` follows the first text's zero byte, with one of its own if it is wanted.
static uint32_t ask(uint32_t type, const char *first, const char *second, bool ended) {
    uint32_t bytes = length(first) + 1, more = second ? length(second) + ended : 0;
    struct xsd_sockmsg header = {.type = type, .req_id = ++requests, .tx_id = transaction, .len = bytes + more};
    put(&header, sizeof header);
    put(first, bytes);
    if (second) put(second, more);
    xen_event_send(xen_store_port());
    return await(type);
}

static const char *join(char path[STORE_TEXT], const char *below, const char *name) {
    char *end = text_append(text_append(path, below), "/");
    text_append(end, name);
    return path;
}

static bool answer(uint32_t bytes, char text[STORE_TEXT]) {
    if (bytes >= STORE_TEXT) return false;
    memcpy(text, payload, bytes + 1);
    return true;
}

bool store_read(const char *path, char text[STORE_TEXT]) { return answer(ask(XS_READ, path, 0, false), text); }

bool store_first(const char *path, char name[STORE_TEXT]) { return answer(ask(XS_DIRECTORY, path, 0, false), name) && name[0] != '\0'; }

static uint32_t number_of(const char *text) {
    uint32_t number = 0;
    for (; *text >= '0' && *text <= '9'; text++) number = number * 10 + (uint32_t)(*text - '0');
    return number;
}

uint32_t store_read_number(const char *path, const char *name) {
    char whole[STORE_TEXT], text[STORE_TEXT];
    return store_read(join(whole, path, name), text) ? number_of(text) : 0;
}

void store_begin(void) {
    if (ask(XS_TRANSACTION_START, "", 0, false) == 0xFFFFFFFFu) panic("the store refuses a transaction", 0);
    transaction = number_of(payload);
}

void store_end(void) {
    ask(XS_TRANSACTION_END, "T", 0, false);
    transaction = 0;
}

void store_write(const char *path, const char *name, const char *text) {
    char whole[STORE_TEXT];
    if (ask(XS_WRITE, join(whole, path, name), text, false) == 0xFFFFFFFFu) panic("the store refuses to be written", 0);
}

void store_write_number(const char *path, const char *name, uint32_t number) {
    char text[16];
    text_append_decimal(text, number);
    store_write(path, name, text);
}

bool store_await_state(const char *path, uint32_t state) {
    char whole[STORE_TEXT];
    uint32_t now;
    ask(XS_WATCH, join(whole, path, "state"), "state", true);
    while ((now = store_read_number(path, "state")) != state && now < STATE_CLOSING) await(XS_WATCH_EVENT);
    ask(XS_UNWATCH, whole, "state", true);
    return now == state;
}
