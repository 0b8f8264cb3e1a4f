// SHA-256 (FIPS 180-4).
#pragma once
#include <stdint.h>

enum { DIGEST_WORDS = 8 };

// The digest of a message that lies in memory whole.
void sha256(uint32_t digest[DIGEST_WORDS], const uint8_t *message, uint32_t bytes);
