// Memory that a program asks for and gives back while it runs: what mmap and munmap are for anonymous memory.
#pragma once
#include "address-space.h"

#define MAPPING_FAILED 0xFFFFFFFFu

// Maps whole pages of zeros, which appear when first touched. Returns their address, or MAPPING_FAILED.
uint32_t mapping_create(struct address_space *space, uint32_t bytes, bool writable);

// Takes away a mapping of the space in use, as it was created. False, with nothing changed, if there is no such mapping.
bool mapping_remove(struct address_space *space, uint32_t start, uint32_t bytes);

// Changes the right to write of such a mapping, and of those of its pages that are there.
bool mapping_protect(struct address_space *space, uint32_t start, uint32_t bytes, bool writable);
