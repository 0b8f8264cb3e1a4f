// Disk requests through a driver of the kernel's: one pattern of sectors, so many at a time, each checked. Set-up writes the area that is
// read; after writes everything is read back.
#include "block.h"
#include "layout.h"
#include "marker.h"
#include "panic.h"
#include "parameter.h"
#include "settings.h"
#include "workload.h"

enum { MOST_AREA = 4096, MOST_DEPTH = 32, MOST_SECTORS = 128, WORDS = SECTOR_BYTES / 4 };

static uint32_t buffers[MOST_DEPTH][MOST_SECTORS * WORDS] __attribute__((aligned(PAGE_BYTES)));
static struct block_request requests[MOST_DEPTH];
static const struct block_driver *driver;
static uint32_t area, sectors, depth, operations;
static bool writes, is_random, polls, batches;

// What the area holds: every word tells its sector, its place and how often it was written.
static uint32_t word(uint32_t sector, uint32_t place, uint32_t generation) {
    return sector * 0x9E3779B1u + place * 0x85EBCA6Bu + generation * 0xC2B2AE35u;
}

static void fill(uint32_t *data, uint32_t sector, uint32_t count, uint32_t generation) {
    for (uint32_t place = 0; place < count * WORDS; place++) data[place] = word(sector + place / WORDS, place % WORDS, generation);
}

static bool matches(const uint32_t *data, uint32_t sector, uint32_t count, uint32_t generation) {
    for (uint32_t place = 0; place < count * WORDS; place++) {
        if (data[place] != word(sector + place / WORDS, place % WORDS, generation)) return false;
    }
    return true;
}

// Where operation `number` goes. A random one steps through all places in an order without pattern.
static uint32_t place_of(uint32_t number) {
    uint32_t places = area / sectors;
    return (is_random ? number * 2654435761u >> 8 : number) % places * sectors;
}

static bool awaited(struct block_request *request) { return polls ? block_poll(driver, request) : block_wait(request); }

static void describe(uint32_t slot, uint32_t sector, uint32_t count, bool write) {
    requests[slot] = (struct block_request){.sector = sector, .sectors = count, .data = buffers[slot], .write = write};
}

// Writes all of the area, or reads and compares it.
static bool whole_area(bool write) {
    bool ok = true;
    for (uint32_t sector = 0; sector < area; sector += MOST_SECTORS) {
        if (write) fill(buffers[0], sector, MOST_SECTORS, 0);
        describe(0, sector, MOST_SECTORS, write);
        block_submit(driver, &requests[0], 1);
        ok = awaited(&requests[0]) && (write || matches(buffers[0], sector, MOST_SECTORS, 0)) && ok;
    }
    return ok;
}

// Hands over operations up to `end` that are not yet; a batch is one piece of the slots, told to the device once.
static void submit(uint32_t *submitted, uint32_t end) {
    uint32_t first = *submitted % depth, count = end - *submitted;
    for (; *submitted < end; ++*submitted) {
        uint32_t slot = *submitted % depth;
        if (writes) fill(buffers[slot], place_of(*submitted), sectors, 0);
        describe(slot, place_of(*submitted), sectors, writes);
        if (!batches) block_submit(driver, &requests[slot], 1);
    }
    if (batches && count > 0) block_submit(driver, &requests[first], count);
}

// A window of requests slides over the operations, or is filled anew when it has run empty.
static uint32_t window_end(uint32_t number) {
    uint32_t end = batches ? number - number % depth + depth : number + depth;
    return end < operations ? end : operations;
}

// Folds the ends of what was moved into the checksum, and compares all of it.
static bool complete(uint32_t number, uint32_t *checksum) {
    uint32_t slot = number % depth;
    const uint32_t *data = buffers[slot];
    bool ok = awaited(&requests[slot]) && matches(data, place_of(number), sectors, 0);
    *checksum = checksum_fold(checksum_fold(*checksum, data[0]), data[sectors * WORDS - 1]);
    return ok;
}

static struct report run(void) {
    struct report report = {.name = "disk", .operations = operations, .ok = true};
    uint32_t submitted = 0;
    marker_region_begin();
    for (uint32_t number = 0; number < operations; number++) {
        submit(&submitted, window_end(number));
        report.ok = complete(number, &report.checksum) && report.ok;
        marker_operation();
    }
    marker_region_end();
    return report;
}

static uint32_t bounded(const char *name, uint32_t most) {
    uint32_t value = parameter_number(parameters, name);
    return value == 0 ? 1 : value > most ? most : value;
}

void workload_start(void) {
    driver = block_find(parameters);
    if (!driver) panic("no disk for this driver", 0);
    area = bounded("area", MOST_AREA) / MOST_SECTORS * MOST_SECTORS;
    sectors = bounded("sectors", MOST_SECTORS);
    depth = bounded("depth", MOST_DEPTH);
    operations = parameter_number(parameters, "operations");
    writes = parameter_is(parameters, "mode", "write");
    is_random = parameter_is(parameters, "pattern", "random");
    batches = parameter_is(parameters, "batch", "on");
    polls = parameter_is(parameters, "wait", "poll") && driver->collect && driver->interrupt_after;
    if (driver->interrupt_after) driver->interrupt_after(polls ? 0 : bounded("threshold", MOST_DEPTH));
    bool ok = whole_area(true);
    struct report report = run();
    report.ok = report.ok && ok;
    if (writes) report.ok = whole_area(false) && report.ok;
    marker_checkpoint(report.checksum);
    workload_finish(&report);
}
