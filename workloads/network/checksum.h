// The Internet checksum (RFC 1071): the ones' complement sum of 16-bit words, whose order of bytes does not matter.
#pragma once
#include <stdint.h>

// Adds a whole number of bytes to a sum; only the last piece may be odd.
uint32_t checksum_add(uint32_t sum, const void *data, uint32_t bytes);
uint16_t checksum_finish(uint32_t sum);
