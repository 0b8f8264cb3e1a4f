// Hashing a buffer over and over: rotations, additions and loads in ring 3, with a result that any flaw would spoil.
#include "user-program.h"
#include "sha256.h"

enum { MAXIMUM_SIZE = 65536, DEFAULT_SIZE = 4096 };

static uint8_t message[MAXIMUM_SIZE];

static bool same(const uint32_t left[DIGEST_WORDS], const uint32_t right[DIGEST_WORDS]) {
    bool ok = true;
    for (unsigned word = 0; word < DIGEST_WORDS; word++) ok = ok && left[word] == right[word];
    return ok;
}

// The example "abc" that the standard was published with.
static bool passes_known_answer(void) {
    static const uint32_t expected[DIGEST_WORDS] = {
        0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223, 0xb00361a3, 0x96177a9c, 0xb410ff61, 0xf20015ad,
    };
    uint32_t digest[DIGEST_WORDS];
    sha256(digest, (const uint8_t *)"abc", 3);
    return same(digest, expected);
}

// The digest of the message of default size.
static bool contradicts_known(uint32_t size, const uint32_t digest[DIGEST_WORDS]) {
    static const uint32_t expected[DIGEST_WORDS] = {
        0x7486da8f, 0x1e13943f, 0xae21a0b0, 0x43f1e996, 0x40d7d8eb, 0xafb25266, 0x478b5cdd, 0xae1272b5,
    };
    return size == DEFAULT_SIZE && !same(digest, expected);
}

int main(const char *parameters) {
    uint32_t size = parameter_number(parameters, "size"), first[DIGEST_WORDS], digest[DIGEST_WORDS];
    struct report report = {.name = "sha256", .operations = parameter_number(parameters, "operations")};
    if (size > MAXIMUM_SIZE) return finish(&report);
    for (uint32_t index = 0; index < size; index++) message[index] = (uint8_t)(index * 7 + 3);
    sha256(first, message, size);
    report.ok = passes_known_answer() && !contradicts_known(size, first);
    marker_region_begin();
    for (uint32_t operation = 0; operation < report.operations; operation++) {
        sha256(digest, message, size);
        report.checksum = digest[0];
        if (!same(digest, first)) report.ok = false;
        marker_operation();
    }
    marker_region_end();
    marker_checkpoint(report.checksum);
    return finish(&report);
}
