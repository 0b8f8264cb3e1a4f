#include "payload.h"
#include "memory.h"
#include "report.h"

#define OF_NUMBER 0x9E3779B1u
#define OF_PLACE 0x85EBCA6Bu

uint32_t payload_digest;

// Word 0 is the number itself; behind a last part of a word come no more bytes.
void payload_write(uint8_t *payload, uint32_t bytes, uint32_t number) {
    uint32_t digest = checksum_fold(payload_digest, number), word = number * OF_NUMBER, *place = (uint32_t *)payload;
    *place = number;
    for (uint32_t at = 1; at < bytes / 4; at++) {
        word += OF_PLACE;
        place[at] = word;
        digest = checksum_fold(digest, word);
    }
    uint32_t rest = bytes % 4;
    if (rest) {
        word = (word + OF_PLACE) & ((1u << 8 * rest) - 1);
        memcpy(place + bytes / 4, &word, rest);
        digest = checksum_fold(digest, word);
    }
    payload_digest = digest;
}

bool payload_matches(const uint8_t *payload, uint32_t bytes, uint32_t number, uint32_t *digest) {
    const uint32_t *place = (const uint32_t *)payload;
    uint32_t sum = checksum_fold(*digest, *place), word = number * OF_NUMBER, wrong = *place ^ number;
    for (uint32_t at = 1; at < bytes / 4; at++) {
        word += OF_PLACE;
        wrong |= place[at] ^ word;
        sum = checksum_fold(sum, place[at]);
    }
    uint32_t rest = bytes % 4, last = 0;
    if (rest) {
        memcpy(&last, place + bytes / 4, rest);
        wrong |= last ^ ((word + OF_PLACE) & ((1u << 8 * rest) - 1));
        sum = checksum_fold(sum, last);
    }
    *digest = sum;
    return wrong == 0;
}
