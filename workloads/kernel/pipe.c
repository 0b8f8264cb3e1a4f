// A pipe is a ring buffer between a reader and a writer, who sleep on its two ends.
#include "pipe.h"
#include "paravirt.h"
#include "scheduler.h"

enum { MAXIMUM_PIPES = 32, PIPE_BYTES = 512 };

// `read` and `written` count all bytes that ever went through; their difference is what the buffer holds.
struct pipe {
    bool has_reader, has_writer;
    uint32_t read, written;
    uint8_t buffer[PIPE_BYTES];
};

static struct pipe pipes[MAXIMUM_PIPES];

struct pipe *pipe_create(void) {
    for (struct pipe *pipe = pipes; pipe < pipes + MAXIMUM_PIPES; pipe++) {
        if (pipe->has_reader || pipe->has_writer) continue;
        pipe->has_reader = pipe->has_writer = true;
        pipe->read = pipe->written = 0;
        return pipe;
    }
    return 0;
}

int32_t pipe_read(struct pipe *pipe, uint8_t *bytes, uint32_t count) {
    uint32_t flags = lock_interrupts();
    while (pipe->read == pipe->written && pipe->has_writer) scheduler_sleep(&pipe->written);
    uint32_t moved = 0;
    while (moved < count && pipe->read != pipe->written) bytes[moved++] = pipe->buffer[pipe->read++ % PIPE_BYTES];
    scheduler_wake(&pipe->read);
    unlock_interrupts(flags);
    return (int32_t)moved;
}

int32_t pipe_write(struct pipe *pipe, const uint8_t *bytes, uint32_t count) {
    uint32_t flags = lock_interrupts();
    uint32_t moved = 0;
    while (moved < count && pipe->has_reader) {
        while (moved < count && pipe->written - pipe->read < PIPE_BYTES) pipe->buffer[pipe->written++ % PIPE_BYTES] = bytes[moved++];
        scheduler_wake(&pipe->written);
        if (moved < count) scheduler_sleep(&pipe->read);
    }
    unlock_interrupts(flags);
    return moved == count ? (int32_t)count : -1;
}

void pipe_close_reader(struct pipe *pipe) {
    pipe->has_reader = false;
    scheduler_wake(&pipe->read);
}

void pipe_close_writer(struct pipe *pipe) {
    pipe->has_writer = false;
    scheduler_wake(&pipe->written);
}
