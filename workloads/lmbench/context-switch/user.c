// The price of switching between processes (McVoy and Staelin's lat_ctx): a ring of processes connected by pipes passes a token
// around; whoever gets it sums up its own working set and hands it on. An operation is one hop of the token. A ring of one process does the
// same without a switch: what it costs is the overhead that lmbench takes off.
#include "user-program.h"

enum { MAXIMUM_PROCESSES = 16, MAXIMUM_KIB = 64, WORDS_PER_KIB = 256 };

struct token { uint32_t hops, checksum; };

struct ring {
    uint32_t processes, words, warm_up, last;   // `last` is the hop that ends the run
    int32_t ends[MAXIMUM_PROCESSES][2];         // pipe i leads to process i
};

static uint32_t working_set[MAXIMUM_KIB * WORDS_PER_KIB];

// All words of the working set. Why: unrolled as in lmbench, so that loads and not the loop are what a large set costs.
static uint32_t sum_up(uint32_t words) {
    uint32_t sum = 0;
    for (const uint32_t *word = working_set; word < working_set + words; word += 16)
        sum += word[0] + word[1] + word[2] + word[3] + word[4] + word[5] + word[6] + word[7]
            + word[8] + word[9] + word[10] + word[11] + word[12] + word[13] + word[14] + word[15];
    return sum;
}

// Takes the token off the pipe `in`, counts the hop and folds this process's number and working set into it.
static bool receive(struct token *token, int32_t in, uint32_t number, const struct ring *ring) {
    if (read(in, token, sizeof *token) != sizeof *token) return false;
    if (token->hops >= ring->last) return false;
    token->hops++;
    token->checksum = checksum_fold(token->checksum, number + sum_up(ring->words));
    if (token->hops > ring->warm_up) marker_operation();
    if (token->hops == ring->warm_up) marker_region_begin();
    if (token->hops == ring->last) marker_region_end();
    return true;
}

// Passes the token on until it has made its last hop; it then goes round once more, so that everyone learns of it.
static struct token take_part(uint32_t number, const struct ring *ring) {
    struct token token = {0, 0};
    int32_t in = ring->ends[number][0], out = ring->ends[(number + 1) % ring->processes][1];
    for (uint32_t index = 0; index < ring->words; index++) working_set[index] = index + number;
    if (number == 0) write(out, &token, sizeof token);
    while (receive(&token, in, number, ring)) write(out, &token, sizeof token);
    write(out, &token, sizeof token);
    return token;
}

// What the token must hold in the end, computed by one process alone.
static uint32_t expected_checksum(const struct ring *ring) {
    uint32_t checksum = 0, words = ring->words;
    for (uint32_t hop = 1; hop <= ring->last; hop++) {
        uint32_t number = hop % ring->processes;
        checksum = checksum_fold(checksum, number + words * number + words * (words - 1) / 2);
    }
    return checksum;
}

static bool create_children(const struct ring *ring) {
    for (uint32_t number = 1; number < ring->processes; number++) {
        int32_t id = fork();
        if (id < 0) return false;
        if (id > 0) continue;
        take_part(number, ring);
        exit(0);
    }
    return true;
}

static bool wait_for_children(const struct ring *ring) {
    bool ok = true;
    for (uint32_t number = 1; number < ring->processes; number++) {
        int32_t code = -1;
        ok = wait(&code) > 0 && code == 0 && ok;
    }
    return ok;
}

int main(const char *parameters) {
    struct ring ring = {.processes = parameter_number(parameters, "processes"), .words = parameter_number(parameters, "size") * WORDS_PER_KIB};
    struct report report = {.name = "context-switch", .operations = parameter_number(parameters, "operations")};
    if (ring.processes < 1 || ring.processes > MAXIMUM_PROCESSES || ring.words > MAXIMUM_KIB * WORDS_PER_KIB) return finish(&report);
    ring.warm_up = 2 * ring.processes;
    ring.last = ring.warm_up + report.operations;
    for (uint32_t number = 0; number < ring.processes; number++)
        if (pipe(ring.ends[number]) < 0) return finish(&report);
    if (!create_children(&ring)) return finish(&report);
    report.checksum = take_part(0, &ring).checksum;
    report.ok = wait_for_children(&ring) && report.checksum == expected_checksum(&ring);
    marker_checkpoint(report.checksum);
    return finish(&report);
}
