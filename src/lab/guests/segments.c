// The segments guest: a seeded random sequence of descriptor writes, table loads, mappings of the tables and operations on
// segments from all four rings, in memory up to the very top of the address space. Each outcome (value, or exception with error
// code and address) is told by a checkpoint. Words of the command line: seed=N steps=N.
#include "guest.h"

u32 attempt(u32 operation, u32 ring, u32 selector, u32 offset, u32 value);
extern u32 fault_address, handlers[32], tss[];
extern const u8 stub[], stub_end[];
void returned(void);

enum {
  LOAD_READ, LOAD_WRITE, LAR, LSL, VERR, VERW, KEEP, READ_KEPT, WRITE_KEPT, CALL_FAR, STACK, LINEAR_READ, LINEAR_WRITE, LINEAR_CALL, FLAGS, SET_FLAGS,
  STRING, OWN, SELECTORS, LOAD_ALL, OPERATIONS
};

#define P 1u
#define W 2u
#define U 4u
#define A 0x20u
#define D 0x40u
#define TABLE 0x40000000u
#define LOCAL 0x40010000u
#define TOP 0xffc00000u
// Offset of code in the last pages, which no store reaches.
#define CODE 0x800u
#define FIXED 11
#define NEAR 32
#define SYSTEM 25
#define FAR_FIRST 504
#define FAR_LAST 520

static u32 directories[2][1024] __attribute__((aligned(4096)));
static u32 low[1024] __attribute__((aligned(4096)));
static u32 windows[2][1024] __attribute__((aligned(4096)));
static u32 below[1024] __attribute__((aligned(4096)));
static u32 top[1024] __attribute__((aligned(4096)));
// The global table's first page, and two frames that its second page may be; the local table's two pages.
static u8 tables[5][4096] __attribute__((aligned(4096)));
static u8 arena[0x10000] __attribute__((aligned(4096)));
static u8 heights[5][4096] __attribute__((aligned(4096)));
static u32 idt[256 * 2] __attribute__((aligned(4096)));
static u32 state, sum, current, shift, kept;

static u32 random(u32 n) {
  state = state * 1664525u + 1013904223u;
  return (state >> 8) % n;
}
static void note(u32 value) { sum = (sum ^ value) * 0x01000193u + (sum >> 15); }
static void load_cr3(void) { __asm__ volatile("mov %0, %%cr3" ::"r"(directories[current]) : "memory"); }
static void invlpg(u32 address) { __asm__ volatile("invlpg (%0)" ::"r"(address) : "memory"); }

struct pointer { unsigned short limit; u32 base; } __attribute__((packed));
static void load_table(u32 limit) {
  struct pointer pointer = {limit, TABLE + shift};
  __asm__ volatile("lgdt %0" ::"m"(pointer) : "memory");
}

static volatile u32 *near_entry(u32 index) { return (volatile u32 *)(tables[0] + shift + index * 8); }

static void put(volatile u32 *entry, u32 base, u32 limit, u32 attributes) {
  entry[0] = (base << 16) | (limit & 0xffff);
  entry[1] = (base & 0xff000000u) | ((base >> 16) & 0xff) | (limit & 0xf0000u) | attributes;
}

static u32 base_of(volatile u32 *entry) { return (entry[0] >> 16) | ((entry[1] & 0xff) << 16) | (entry[1] & 0xff000000u); }

// Where data may lie: the arena, both sides of the last 4 MiB, and the last page of all.
static u32 random_place(void) {
  switch (random(8)) {
    case 0: return 0xffbffffeu;
    case 1: return 0xffbff100u + 4 * random(64);
    case 2: return TOP + 16 + 4 * random(256);
    case 3: return TOP + 0xffe;
    case 4: return TOP + 0x1010 + 4 * random(256);
    case 5: return 0xfffff010u + 4 * random(256);
    case 6: return 0xffffffeeu;
    default: return (u32)arena + 0x100 + 4 * random(0x1000);
  }
}

static u32 random_base(void) {
  switch (random(6)) {
    case 0: return 0;
    case 1: return (u32)arena;
    case 2: return 0xffbff000u + random(3) * 0x10;
    case 3: return TOP + random(3) * 0x800;
    case 4: return 0xfffff000u;
    default: return 0x10000010u;
  }
}

static u32 random_limit(u32 *attributes) {
  if (random(2)) *attributes |= 0x00800000u;
  switch (random(5)) {
    case 0: return 0xfffffu;
    case 1: return 0xfff;
    case 2: return 0xffbffu;
    case 3: return random(0x100000);
    default: return random(0x2000);
  }
}

static void write_descriptor(volatile u32 *entry, u32 system) {
  static const u32 systems[] = {0x100, 0x200, 0x300, 0x400, 0x500, 0x900, 0xb00, 0xc00, 0xe00, 0xf00};
  u32 attributes = 0x00400000u | ((random(2) ? 3 : random(4)) << 13) | (random(8) ? 0x8000 : 0) | (random(4) ? 0x100 : 0) | (random(2) << 20);
  u32 limit = random_limit(&attributes);
  if (system) attributes = (attributes & ~0x1f00u) | systems[random(10)];
  else attributes |= 0x1000 | (random(2) << 9) | (random(3) == 0 ? 0x400 : 0) | (random(3) == 0 ? 0x800 : 0);
  put(entry, random_base(), limit, attributes);
}

static void write_entry(void) {
  u32 what = random(8);
  if (what < 4) { u32 index = FIXED + random(NEAR - FIXED); write_descriptor(near_entry(index), index >= SYSTEM); }
  else if (what < 6) write_descriptor((volatile u32 *)(tables[1 + random(2)] + 8 * random(8)), random(4) == 0);
  else if (what == 6) write_descriptor((volatile u32 *)(tables[0] + 4096 - 8 * (1 + random(8))), 0);
  else write_descriptor((volatile u32 *)(random(2) ? tables[3] + 0xfe0 + 8 * random(4) : tables[4] + 8 * random(4)), 0);
}

static u32 flags_of(u32 always) { return always | (random(3) ? W : 0) | (random(2) ? A : 0) | (random(2) ? D : 0) | (random(3) ? U : 0); }

static void map(void) {
  u32 which = random(2);
  switch (random(5)) {
    case 0: windows[which][0] = (u32)tables[0] | flags_of(P); break;
    case 1: windows[which][1] = (u32)tables[1 + random(2)] | flags_of(random(3) ? P : 0); break;
    case 2: windows[which][16] = (u32)tables[3] | flags_of(random(4) ? P : 0); break;
    case 3: windows[which][17] = (u32)tables[4] | flags_of(random(4) ? P : 0); break;
    default: { u32 at = random(3); top[at == 2 ? 1023 : at] = (u32)heights[1 + random(4)] | flags_of(random(4) ? P : 0); }
  }
  if (random(3) == 0) { load_cr3(); return; }
  for (u32 page = 0; page < 2; page++) { invlpg(TABLE + page * 4096); invlpg(LOCAL + page * 4096); invlpg(TOP + page * 4096); }
  invlpg(0xfffff000u);
}

static void load_local(void) {
  u32 limit = random(4) ? 63 : 8 * random(8) + random(8);
  put(near_entry(10), LOCAL + 0xfe0, limit, 0x8200);
  u32 selector = random(5) ? 0x50 : 0;
  __asm__ volatile("lldt %w0" ::"r"(selector) : "memory");
}

static u32 random_selector(void) {
  u32 rpl = random(4);
  switch (random(8)) {
    case 0: return ((random(8) << 3) | 4 | rpl);
    case 1: case 7: return ((FAR_FIRST + random(FAR_LAST - FAR_FIRST)) << 3) | rpl;
    case 2: return ((1 + random(10)) << 3) | rpl;
    case 3: return random(2) ? rpl : ((8100 + random(92)) << 3) | rpl;
    default: return ((FIXED + random(NEAR - FIXED)) << 3) | rpl;
  }
}

static void operate(void) {
  u32 operation = random(OPERATIONS), ring = random(4), selector = random_selector(), place = random_place(), offset = random(0x10000);
  int near = (selector & 4) == 0 && selector >> 3 >= FIXED && selector >> 3 < NEAR;
  volatile u32 *entry = near_entry(selector >> 3);
  u32 wide = near ? entry[1] & 0x400000 : 0;
  if (near) offset = place - base_of(entry);
  if ((operation == LOAD_WRITE || operation == STRING) && !near && selector > 3) operation = LOAD_READ;
  if (operation == STRING && place > TOP) offset = (u32)arena + 64 - base_of(entry);
  if (operation == CALL_FAR && (!near || selector >> 3 >= SYSTEM || !wide)) operation = LAR;
  if (operation == CALL_FAR) offset = (random(2) ? (u32)stub + 1 : TOP + CODE + 1 + 0x1000 * random(2)) - base_of(entry);
  if (operation == STACK && (!near || !wide || ring == 0)) operation = LSL;
  if (operation == WRITE_KEPT) { if (!kept) operation = READ_KEPT; offset = place - kept; }
  if (operation == READ_KEPT && random(2)) offset = place - kept;
  if (operation >= LINEAR_READ && operation <= LINEAR_WRITE) offset = place;
  if (operation == LINEAR_CALL) offset = CODE + (random(3) == 2 ? 0xfffff000u : TOP + 0x1000 * random(2));
  fault_address = 0;
  u32 base = base_of(entry), result = attempt(operation, ring, selector, offset, random(0x10000) | 0x5a000000u);
  if (operation == KEEP) kept = near && result < 0x80000000u ? base : 0;
  if (operation == LOAD_ALL) kept = 0;
  note(result);
  note(fault_address);
}

// Segments that a monitor in the last 4 MiB must cut to the same length, one after another in the same entry.
static void alike(void) {
  u32 index = FIXED + random(4);
  put(near_entry(index), 0, random(2) ? 0xfffff : 0xffbff, 0x00c0f300);
  note(attempt(KEEP, random(4), index << 3 | 3, 0, 0));
  kept = 0;
  if (random(2)) note(attempt(LAR, 0, 8, 0, 0));
  note(attempt(READ_KEPT, random(4), 0, random(2) ? TOP + 0x20 : (u32)arena, 0));
}

// Entries of the local table and of the global table's second page, written and loaded at once.
static void again(void) {
  u32 at = random(8), local = random(2);
  u8 *page = local ? (at < 4 ? tables[3] + 0xfe0 : tables[4] - 32) : tables[1 + random(2)] + shift;
  for (u32 round = 0; round < 3; round++) {
    put((volatile u32 *)(page + at * 8), (u32)arena, random(3) * 64 + 8, random(8) ? 0x0040f300 : 0x00407300);
    note(attempt(random(4) ? LOAD_READ : LSL, random(4), local ? at << 3 | 7 : (512 + at) << 3 | 3, random(3) * 64 + 4, 0));
    note(fault_address);
    if (random(4) == 0) map();
  }
}

static void look(void) {
  for (u32 index = FIXED; index < NEAR; index++) { note(near_entry(index)[0]); note(near_entry(index)[1]); }
  for (u32 table = 0; table < 5; table++) for (u32 at = 0; at < 16; at++) note(((u32 *)tables[table])[at]);
  for (u32 which = 0; which < 2; which++) for (u32 page = 0; page < 18; page++) note(windows[which][page]);
  for (u32 height = 0; height < 5; height++) for (u32 at = 0; at < 1024; at += 7) note(((u32 *)heights[height])[at]);
}

static void gate(u32 vector, u32 handler, u32 attributes) {
  idt[vector * 2] = (0x08u << 16) | (handler & 0xffff);
  idt[vector * 2 + 1] = (handler & 0xffff0000u) | attributes;
}

static void prepare(void) {
  for (u32 at = 0; at < 1024; at++) low[at] = (at << 12) | P | W | U;
  for (u32 which = 0; which < 2; which++) {
    directories[which][0] = (u32)low | P | W | U;
    directories[which][TABLE >> 22] = (u32)windows[which] | P | W | U;
    directories[which][1022] = (u32)below | P | W | U;
    directories[which][1023] = (u32)top | P | W | U;
    windows[which][0] = (u32)tables[0] | P | W;
    windows[which][1] = (u32)tables[1 + which] | P | W;
    windows[which][16] = (u32)tables[3] | P | W;
    windows[which][17] = (u32)tables[4] | P | W;
  }
  below[1023] = (u32)heights[0] | P | W | U;
  top[0] = (u32)heights[1] | P | W | U;
  top[1] = (u32)heights[2] | P | W | U;
  top[1023] = (u32)heights[3] | P | W | U;
  for (u32 height = 0; height < 5; height++) for (u32 at = 0; stub + at < stub_end; at++) heights[height][CODE + at] = stub[at];
  for (u32 ring = 0; ring < 4; ring++) {
    put(near_entry(1 + 2 * ring), 0, 0xfffff, 0x00c09b00u | (ring << 13));
    put(near_entry(2 + 2 * ring), 0, 0xfffff, 0x00c09300u | (ring << 13));
  }
  for (u32 index = FIXED; index < NEAR; index++) write_descriptor(near_entry(index), index >= SYSTEM);
  for (u32 at = 0; at < 8; at++) {
    write_descriptor((volatile u32 *)(tables[0] + 4096 - 8 * (1 + at)), 0);
    for (u32 table = 1; table < 5; table++) write_descriptor((volatile u32 *)(tables[table] + (table == 3 ? 0xfe0 : 0) + 8 * (at & (table == 3 ? 3 : 7))), 0);
  }
  put(near_entry(9), (u32)tss, 0x67, 0x8900);
  put(near_entry(10), LOCAL, 63, 0x8200);
  for (u32 vector = 0; vector < 32; vector++) gate(vector, handlers[vector], 0x8e00);
  gate(0x80, (u32)returned, 0xee00);
}

void main(u32 *information) {
  const char *line = information[0] & 4 ? (const char *)information[4] : "";
  state = number(line, "seed", 1);
  u32 steps = number(line, "steps", 2000), trace = number(line, "trace", 0);
  out8(0x21, 0xff);
  out8(0xa1, 0xff);
  static const u32 shifts[] = {0, 0, 4, 13};
  shift = shifts[random(4)];
  prepare();
  load_cr3();
  __asm__ volatile("mov %%cr0, %%eax; or $0x80010000, %%eax; mov %%eax, %%cr0" ::: "eax", "memory");
  load_table(FAR_LAST * 8 - 1);
  struct pointer pointer = {sizeof idt - 1, (u32)idt};
  __asm__ volatile("lidt %0; ltr %w1" ::"m"(pointer), "r"(0x48) : "memory");
  for (u32 at = 0; at < steps; at++) {
    u32 what = random(16);
    if (what < 4) write_entry();
    else if (what == 4 || what == 9) map();
    else if (what == 5) load_local();
    else if (what == 6) { current = 1 - current; load_cr3(); }
    else if (what == 7) load_table(random(3) ? FAR_LAST * 8 - 1 : NEAR * 8 + random(64));
    else if (what == 8) alike();
    else if (what == 10) again();
    else operate();
    if (random(16) == 0) look();
    checkpoint(sum);
    if (trace) { print_hex(at); out8(0xe9, ' '); print_hex(what); out8(0xe9, ' '); print_hex(sum); out8(0xe9, '\n'); }
  }
  look();
  print("segments: ");
  print_hex(sum);
  print("\n");
  out8(0xf4, 0x10);
}
