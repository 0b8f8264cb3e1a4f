// SHA-256 as FIPS 180-4 words it: 4.1.2 functions, 4.2.2 constants, 5.1.1 padding, 6.2.2 computation.
#include "sha256.h"
#include "memory.h"

enum { BLOCK_BYTES = 64, LENGTH_OFFSET = 56 };

static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t word, int bits) { return word >> bits | word << (32 - bits); }

static uint32_t big_endian(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void expand(uint32_t schedule[64], const uint8_t *block) {
    for (int t = 0; t < 16; t++) schedule[t] = big_endian(block + 4 * t);
    for (int t = 16; t < 64; t++) {
        uint32_t w15 = schedule[t - 15], w2 = schedule[t - 2];
        uint32_t sigma0 = rotate(w15, 7) ^ rotate(w15, 18) ^ w15 >> 3;
        uint32_t sigma1 = rotate(w2, 17) ^ rotate(w2, 19) ^ w2 >> 10;
        schedule[t] = sigma1 + schedule[t - 7] + sigma0 + schedule[t - 16];
    }
}

static void compress(uint32_t hash[DIGEST_WORDS], const uint8_t *block) {
    uint32_t schedule[64];
    expand(schedule, block);
    uint32_t a = hash[0], b = hash[1], c = hash[2], d = hash[3], e = hash[4], f = hash[5], g = hash[6], h = hash[7];
    for (int t = 0; t < 64; t++) {
        uint32_t sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25), choice = (e & f) ^ (~e & g);
        uint32_t sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22), majority = (a & b) ^ (a & c) ^ (b & c);
        uint32_t first = h + sum1 + choice + constants[t] + schedule[t], second = sum0 + majority;
        h = g, g = f, f = e, e = d + first, d = c, c = b, b = a, a = first + second;
    }
    hash[0] += a, hash[1] += b, hash[2] += c, hash[3] += d, hash[4] += e, hash[5] += f, hash[6] += g, hash[7] += h;
}

// The rest of the message, a one bit, zeros, and the length in bits: one block, or two when the length no longer fits.
static void finish_message(uint32_t hash[DIGEST_WORDS], const uint8_t *rest, uint32_t rest_bytes, uint32_t bytes) {
    uint8_t tail[2 * BLOCK_BYTES];
    memset(tail, 0, sizeof tail);
    memcpy(tail, rest, rest_bytes);
    tail[rest_bytes] = 0x80;
    uint32_t blocks = rest_bytes < LENGTH_OFFSET ? 1 : 2;
    uint8_t *length = tail + blocks * BLOCK_BYTES - 8;
    uint64_t bits = (uint64_t)bytes * 8;
    for (int index = 0; index < 8; index++) length[index] = (uint8_t)(bits >> (56 - 8 * index));
    for (uint32_t block = 0; block < blocks; block++) compress(hash, tail + block * BLOCK_BYTES);
}

void sha256(uint32_t digest[DIGEST_WORDS], const uint8_t *message, uint32_t bytes) {
    static const uint32_t initial[DIGEST_WORDS] = {
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    };
    memcpy(digest, initial, sizeof initial);
    uint32_t whole = bytes / BLOCK_BYTES * BLOCK_BYTES;
    for (uint32_t offset = 0; offset < whole; offset += BLOCK_BYTES) compress(digest, message + offset);
    finish_message(digest, message + whole, bytes - whole, bytes);
}
