// The part of Xen's public interface that front ends use, for 32-bit guests of either kind. Names are Xen's (public/grant_table.h,
// event_channel.h, memory.h, hvm/hvm_op.h, hvm/params.h, io/ring.h, io/blkif.h, io/netif.h, io/xs_wire.h, io/xenbus.h).
#pragma once
#include <stdint.h>

#define DOMAIN_SELF 0x7FF0u
#define DRIVER_DOMAIN 0u

// Hypercalls that both kinds of guest make.
enum { CALL_MEMORY_OP = 12, CALL_XEN_VERSION = 17, CALL_GRANT_TABLE_OP = 20, CALL_EVENT_CHANNEL_OP = 32, CALL_HVM_OP = 34 };

enum { GNTTABOP_SETUP_TABLE = 2 };
enum { GTF_PERMIT_ACCESS = 1, GTF_READONLY = 4, GTF_READING = 8, GTF_WRITING = 16 };
struct grant_entry {
    volatile uint16_t flags;
    uint16_t domain;
    uint32_t frame;
};
struct gnttab_setup_table {
    uint16_t dom;
    uint32_t nr_frames;
    int16_t status;
    uint32_t *frame_list;
};

enum { EVTCHNOP_CALL_SEND = 4, EVTCHNOP_CALL_ALLOC_UNBOUND = 6, EVTCHNOP_CALL_UNMASK = 9 };
struct evtchn_alloc_unbound {
    uint16_t dom, remote_dom;
    uint32_t port;
};

enum { XENMEM_ADD_TO_PHYSMAP = 7 };
enum { XENMAPSPACE_SHARED_INFO = 0, XENMAPSPACE_GRANT_TABLE = 1 };
struct xen_add_to_physmap {
    uint16_t domid, size;
    uint32_t space, idx, gpfn;
};

enum { HVMOP_SET_PARAM = 0, HVMOP_GET_PARAM = 1 };
enum { HVM_PARAM_CALLBACK_IRQ = 0, HVM_PARAM_STORE_PFN = 1, HVM_PARAM_STORE_EVTCHN = 2 };
#define CALLBACK_BY_VECTOR (2ull << 56)
struct xen_hvm_param {
    uint16_t domid;
    uint32_t index;
    uint64_t value;
};

// Before the slots of a ring.
struct shared_ring {
    volatile uint32_t req_prod, req_event, rsp_prod, rsp_event;
    uint8_t pad[48];
};

enum { BLKIF_OP_READ = 0, BLKIF_OP_WRITE = 1, BLKIF_MAX_SEGMENTS = 11 };
struct blkif_segment {
    uint32_t gref;
    uint8_t first_sect, last_sect;
};
struct blkif_request {
    uint8_t operation, nr_segments;
    uint16_t handle;
    uint64_t id, sector_number;
    struct blkif_segment seg[BLKIF_MAX_SEGMENTS];
} __attribute__((packed, aligned(4)));
struct blkif_response {
    uint64_t id;
    uint8_t operation;
    int16_t status;
} __attribute__((aligned(4)));

struct netif_tx_request {
    uint32_t gref;
    uint16_t offset, flags, id, size;
};
struct netif_tx_response {
    uint16_t id;
    int16_t status;
};
struct netif_rx_request {
    uint16_t id, pad;
    uint32_t gref;
};
struct netif_rx_response {
    uint16_t id, offset, flags;
    int16_t status;
};

enum { XS_DIRECTORY = 1, XS_READ = 2, XS_WATCH = 4, XS_UNWATCH = 5, XS_TRANSACTION_START = 6, XS_TRANSACTION_END = 7, XS_WRITE = 11, XS_WATCH_EVENT = 15, XS_ERROR = 16 };
enum { XENSTORE_RING_BYTES = 1024 };
struct xsd_sockmsg { uint32_t type, req_id, tx_id, len; };
struct xenstore_domain_interface {
    uint8_t req[XENSTORE_RING_BYTES], rsp[XENSTORE_RING_BYTES];
    volatile uint32_t req_cons, req_prod, rsp_cons, rsp_prod;
};

enum { STATE_INITIALISING = 1, STATE_INIT_WAIT = 2, STATE_INITIALISED = 3, STATE_CONNECTED = 4, STATE_CLOSING = 5, STATE_CLOSED = 6 };

_Static_assert(sizeof(struct blkif_segment) == 8 && sizeof(struct blkif_request) == 108 && sizeof(struct blkif_response) == 12, "blkif");
_Static_assert(sizeof(struct netif_tx_request) == 12 && sizeof(struct netif_rx_request) == 8, "netif");
_Static_assert(sizeof(struct shared_ring) == 64 && sizeof(struct grant_entry) == 8, "ring");
