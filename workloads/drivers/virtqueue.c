#include "virtqueue.h"
#include "layout.h"

#define ROUND(bytes) (((bytes) + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1u))

// Stores are seen in order on this architecture; the compiler must keep them so.
static inline void ordered(void) { __asm__ volatile("" : : : "memory"); }
// A store and a later load of another place may change places.
static inline void fenced(void) { __asm__ volatile("lock addl $0, (%%esp)" : : : "memory", "cc"); }

uint32_t virtqueue_bytes(uint32_t size) { return ROUND(16 * size + 6 + 2 * size) + ROUND(6 + 8 * size); }

void virtqueue_init(struct virtqueue *queue, void *memory, uint32_t size, bool event_index) {
    uint8_t *start = memory;
    *queue = (struct virtqueue){
        .size = size, .descriptors = memory, .available = (volatile uint16_t *)(start + 16 * size),
        .used = (volatile uint16_t *)(start + ROUND(16 * size + 6 + 2 * size)), .event_index = event_index, .threshold = 1, .free_count = size,
    };
    for (uint32_t index = 0; index < size; index++) queue->descriptors[index].next = (uint16_t)(index + 1);
}

int32_t virtqueue_add(struct virtqueue *queue, const struct piece *pieces, uint32_t count) {
    if (count > queue->free_count) return -1;
    uint16_t head = queue->free, index = head;
    for (uint32_t at = 0; at < count; at++) {
        struct descriptor *descriptor = &queue->descriptors[index];
        descriptor->address = (uint32_t)pieces[at].data - KERNEL_BASE;
        descriptor->length = pieces[at].length;
        descriptor->flags = (uint16_t)((pieces[at].device_writes ? DESCRIPTOR_WRITE : 0) | (at + 1 < count ? DESCRIPTOR_NEXT : 0));
        index = descriptor->next;
    }
    queue->free = index;
    queue->free_count -= count;
    queue->available[2 + queue->offered % queue->size] = head;
    ordered();
    queue->available[1] = ++queue->offered;
    return head;
}

void virtqueue_arm(struct virtqueue *queue) {
    uint32_t out = (uint16_t)(queue->offered - queue->seen), after = queue->threshold;
    if (out < after) after = out > 1 ? out : 1;
    if (queue->event_index) queue->available[2 + queue->size] = (uint16_t)(queue->seen + after - 1);
    else queue->available[0] = after == 0;
}

bool virtqueue_wants_kick(struct virtqueue *queue) {
    fenced();
    uint16_t before = queue->kicked, now = queue->offered;
    if (before == now) return false;
    queue->kicked = now;
    if (!queue->event_index) return !(queue->used[0] & 1);
    uint16_t event = queue->used[2 + 4 * queue->size];
    return (uint16_t)(now - event - 1) < (uint16_t)(now - before);
}

int32_t virtqueue_take(struct virtqueue *queue, uint32_t *written) {
    if (queue->seen == queue->used[1]) {
        virtqueue_arm(queue);
        fenced();
        if (queue->seen == queue->used[1]) return -1;
    }
    const volatile uint32_t *element = (const volatile uint32_t *)(queue->used + 2) + 2 * (queue->seen % queue->size);
    uint16_t head = (uint16_t)element[0], tail = head;
    *written = element[1];
    queue->seen++;
    queue->free_count++;
    for (; queue->descriptors[tail].flags & DESCRIPTOR_NEXT; tail = queue->descriptors[tail].next) queue->free_count++;
    queue->descriptors[tail].next = queue->free;
    queue->free = head;
    return head;
}
