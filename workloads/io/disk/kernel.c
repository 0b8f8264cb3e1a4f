// Disk requests through a driver of the kernel's: one pattern of sectors, so many at a time, each checked. Set-up writes the area that is
// read; after writes everything is read back.
#include "block.h"
#include "layout.h"
#include "marker.h"
#include "panic.h"
#include "parameter.h"
#include "settings.h"
#include "workload.h"

enum { AREA_SECTORS = 4096, MOST_DEPTH = 32, MOST_SECTORS = 128, WORDS = SECTOR_BYTES / 4 };

static uint32_t buffers[MOST_DEPTH][MOST_SECTORS * WORDS] __attribute__((aligned(PAGE_BYTES)));
static struct block_request requests[MOST_DEPTH];
static const struct block_driver *driver;
static uint32_t sectors, depth, operations;
static bool writes, is_random;

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
    uint32_t places = AREA_SECTORS / sectors;
    return (is_random ? number * 2654435761u >> 8 : number) % places * sectors;
}

static void transfer(uint32_t slot, uint32_t sector, uint32_t count, bool write) {
    requests[slot] = (struct block_request){.sector = sector, .sectors = count, .data = buffers[slot], .write = write};
    block_submit(driver, &requests[slot]);
}

static bool whole_area(uint32_t generation, bool write) {
    bool ok = true;
    for (uint32_t sector = 0; sector < AREA_SECTORS; sector += MOST_SECTORS) {
        if (write) fill(buffers[0], sector, MOST_SECTORS, generation);
        transfer(0, sector, MOST_SECTORS, write);
        ok = block_wait(&requests[0]) && ok;
    }
    return ok;
}

static void submit(uint32_t number) {
    uint32_t slot = number % depth;
    if (writes) fill(buffers[slot], place_of(number), sectors, 0);
    transfer(slot, place_of(number), sectors, writes);
}

// Folds the ends of what was moved into the checksum, and compares all of it.
static bool complete(uint32_t number, uint32_t *checksum) {
    uint32_t slot = number % depth;
    const uint32_t *data = buffers[slot];
    bool ok = block_wait(&requests[slot]) && matches(data, place_of(number), sectors, 0);
    *checksum = checksum_fold(checksum_fold(*checksum, data[0]), data[sectors * WORDS - 1]);
    return ok;
}

static struct report run(void) {
    struct report report = {.name = "disk", .operations = operations, .ok = true};
    uint32_t submitted = 0;
    marker_region_begin();
    for (uint32_t number = 0; number < operations; number++) {
        for (; submitted < operations && submitted < number + depth; submitted++) submit(submitted);
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
    sectors = bounded("sectors", MOST_SECTORS);
    depth = bounded("depth", MOST_DEPTH);
    operations = parameter_number(parameters, "operations");
    writes = parameter_is(parameters, "mode", "write");
    is_random = parameter_is(parameters, "pattern", "random");
    bool ok = whole_area(0, true);
    struct report report = run();
    report.ok = report.ok && ok;
    if (writes) {
        for (uint32_t sector = 0; sector < AREA_SECTORS; sector += MOST_SECTORS) {
            transfer(0, sector, MOST_SECTORS, false);
            report.ok = block_wait(&requests[0]) && matches(buffers[0], sector, MOST_SECTORS, 0) && report.ok;
        }
    }
    marker_checkpoint(report.checksum);
    workload_finish(&report);
}
