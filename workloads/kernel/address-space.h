// The user half of a process's address space: a directory, and the regions that say what may be mapped in it.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { MAXIMUM_REGIONS = 8 };

// Pages from `start` to `end` hold zeros, except for `content_bytes` bytes copied from `content` to `content_start`.
struct region {
    uint32_t start, end;
    bool writable;
    const uint8_t *content;
    uint32_t content_start, content_bytes;
};

struct address_space {
    uint32_t directory;
    uint32_t region_count;
    struct region regions[MAXIMUM_REGIONS];
};

void address_space_create(struct address_space *space);

// False when all regions are taken, or the region is empty or reaches into the kernel.
bool address_space_add(struct address_space *space, const struct region *region);

const struct region *address_space_find(const struct address_space *space, uint32_t address);

// True when all bytes lie in one region that allows the access.
bool address_space_allows(const struct address_space *space, const void *start, uint32_t bytes, bool write);

// Makes `child` a copy of `parent`, the space in use: frames are shared until one of the two writes.
void address_space_fork(struct address_space *child, struct address_space *parent);

// Gives back all frames, tables and the directory. The space must not be in use.
void address_space_destroy(struct address_space *space);
