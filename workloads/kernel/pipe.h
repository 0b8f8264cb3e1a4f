// Pipes: bytes from one process to another, in order, with blocking on empty and full.
#pragma once
#include <stdint.h>

struct pipe;

// A pipe with one reader and one writer; null when all are taken.
struct pipe *pipe_create(void);

// Waits for at least one byte; 0 when the pipe is empty and no writer is left.
int32_t pipe_read(struct pipe *pipe, uint8_t *bytes, uint32_t count);

// Waits until all bytes are in; -1 when no reader is left.
int32_t pipe_write(struct pipe *pipe, const uint8_t *bytes, uint32_t count);

void pipe_close_reader(struct pipe *pipe);
void pipe_close_writer(struct pipe *pipe);
