// The paging guest: a seeded random sequence of page-table writes, CR3 loads, INVLPG, CR0.WP changes and accesses from both
// rings, each outcome (value, or fault with error code and address) and the accessed and dirty bits told by a checkpoint.
// Runs on bare metal, under every technique, and on other emulators of the PC. Words of the command line: seed=N steps=N trace=1, and
// locked=0 to do without read-modify-writes, whose faults some emulators report as reads.
typedef unsigned int u32;

u32 access(u32 kind, u32 address, u32 value);
extern u32 fault_address;

#define P 1u
#define W 2u
#define U 4u
#define A 0x20u
#define D 0x40u
#define PS 0x80u
#define G 0x100u
#define REGION 0x40000000u
#define LARGE 0x40400000u
#define FRAMES 12

static u32 directories[2][1024] __attribute__((aligned(4096)));
static u32 low[2][1024] __attribute__((aligned(4096)));
static u32 tables[3][1024] __attribute__((aligned(4096)));
static u32 frames[FRAMES][1024] __attribute__((aligned(4096)));

static u32 state, sum, current, locked;

static u32 random(u32 n) {
  state = state * 1664525u + 1013904223u;
  return (state >> 8) % n;
}

static void note(u32 value) { sum = (sum ^ value) * 0x01000193u + (sum >> 15); }
static void load_cr3(u32 value) { __asm__ volatile("mov %0, %%cr3" ::"r"(value) : "memory"); }
static u32 cr0(void) { u32 v; __asm__ volatile("mov %%cr0, %0" : "=r"(v)); return v; }
static void set_cr0(u32 v) { __asm__ volatile("mov %0, %%cr0" ::"r"(v) : "memory"); }
static void invlpg(u32 address) { __asm__ volatile("invlpg (%0)" ::"r"(address) : "memory"); }
static void checkpoint(u32 value) { __asm__ volatile(".byte 0x0f, 0x1f, 0x80, 0x04, 0x00, 0x53, 0x57" ::"a"(value)); }
static void out8(u32 port, u32 value) { __asm__ volatile("outb %b0, %w1" ::"a"(value), "d"(port)); }
static void print(const char *text) { while (*text) out8(0xe9, *text++); }
static void print_hex(u32 value) { for (int at = 28; at >= 0; at -= 4) out8(0xe9, "0123456789abcdef"[(value >> at) & 15]); }

static u32 number(const char *line, const char *name, u32 fallback) {
  for (; *line; line++) {
    const char *a = line, *b = name;
    while (*b && *a == *b) { a++; b++; }
    if (*b || *a != '=') continue;
    u32 value = 0;
    for (a++; *a >= '0' && *a <= '9'; a++) value = value * 10 + (*a - '0');
    return value;
  }
  return fallback;
}

// Flags of a random entry; accessed and dirty are sometimes given, as systems that do without the bits do.
static u32 random_flags(void) {
  u32 flags = random(8) ? P : 0;
  if (random(3)) flags |= W;
  if (random(3)) flags |= U;
  if (random(2)) flags |= A;
  if (random(2)) flags |= D;
  return flags;
}

// Any frame, or one of the page tables themselves, so that tables are also written through mappings of their own.
static u32 random_frame(void) {
  if (random(10) == 0) return (u32)tables[random(3)];
  return (u32)frames[random(FRAMES)];
}

// Offset 0 of a frame holds a RET and is never written; only reads cross pages.
static u32 random_address(u32 kind) {
  u32 page = random(9) == 0 ? LARGE + 4096 * random(4) : REGION + 4096 * random(8);
  if (kind == 2 || kind == 6) return page;
  return page + ((kind & 3) == 0 && random(8) == 0 ? 4094 : 16 + 4 * random(1000));
}

// Whether a call there lands on a RET or faults, but never on data.
static u32 executable(u32 address) {
  if (address >= LARGE) return 0;
  u32 *table = (u32 *)(directories[current][REGION >> 22] & ~4095u);
  u32 frame = table[(address >> 12) & 1023] & ~4095u;
  return frame >= (u32)frames && frame < (u32)frames + sizeof frames;
}

static void write_entry(void) {
  u32 *entry = &tables[random(3)][random(8)];
  u32 value = random_frame() | random_flags();
  u32 how = random(6);
  if (how == 0) *(volatile unsigned char *)entry = value;
  else if (how == 1) *(volatile unsigned short *)entry = value;
  else if (how == 2) { u32 old = value; __asm__ volatile("xchg %0, %1" : "+r"(old), "+m"(*entry)); note(old); }
  else *(volatile u32 *)entry = value;
}

static void write_directory(void) {
  u32 *directory = directories[random(4) ? current : 1 - current];
  if (random(5) == 0) ((volatile u32 *)directory)[LARGE >> 22] = 0x00c00000u | PS | random_flags();
  else ((volatile u32 *)directory)[REGION >> 22] = (u32)tables[random(3)] | random_flags();
}

static void flush(void) {
  if (random(3)) for (u32 page = 0; page < 8; page++) { invlpg(REGION + 4096 * page); if (page < 4) invlpg(LARGE + 4096 * page); }
  else load_cr3((u32)directories[current]);
}

static const u32 kinds[] = {0, 0, 1, 1, 2, 4, 4, 5, 5, 6, 8, 10, 11};

// What is stored may land in a page table: it is always an entry that maps memory of this guest's own.
static u32 random_value(u32 kind) {
  if (kind == 8 || kind == 10) return random(256) & (P | W | U | A | D);
  return random_frame() | random_flags();
}


static void touch(void) {
  u32 kind = kinds[random(sizeof kinds / sizeof *kinds)];
  if (kind == 10 && !locked) kind = 1;
  u32 address = random_address(kind);
  if ((kind == 2 || kind == 6) && !executable(address)) return;
  fault_address = 0;
  u32 result = access(kind, address, random_value(kind));
  note(result);
  note(fault_address);
  // A store may have hit a table through a mapping of it; what a processor still remembers of that table is its own affair.
  load_cr3((u32)directories[current]);
}

static void look(void) {
  for (u32 t = 0; t < 3; t++) for (u32 at = 0; at < 8; at++) note(tables[t][at]);
  for (u32 d = 0; d < 2; d++) { note(directories[d][REGION >> 22]); note(directories[d][LARGE >> 22]); }
}

static void step(void) {
  u32 what = random(20);
  if (what < 4) { write_entry(); flush(); }
  else if (what == 4) { write_directory(); load_cr3((u32)directories[current]); }
  else if (what == 5) { current = 1 - current; load_cr3((u32)directories[current]); }
  else if (what == 6) { set_cr0(cr0() ^ 0x10000u); load_cr3((u32)directories[current]); }
  else if (what == 7) look();
  else touch();
}

void main(u32 *information) {
  const char *line = information[0] & 4 ? (const char *)information[4] : "";
  state = number(line, "seed", 1);
  u32 steps = number(line, "steps", 2000), trace = number(line, "trace", 0);
  locked = number(line, "locked", 1);
  for (u32 at = 0; at < 1024; at++) { low[0][at] = (at << 12) | P | W | U; low[1][at] = (0x400000u + (at << 12)) | P | W | U; }
  for (u32 d = 0; d < 2; d++) {
    directories[d][0] = (u32)low[0] | P | W | U;
    directories[d][1] = (u32)low[1] | P | W | U;
    directories[d][REGION >> 22] = (u32)tables[d] | P | W | U;
  }
  for (u32 at = 0; at < FRAMES; at++) frames[at][0] = 0xc3;
  __asm__ volatile("mov %%cr4, %%eax; or $0x10, %%eax; mov %%eax, %%cr4" ::: "eax");
  load_cr3((u32)directories[0]);
  set_cr0(cr0() | 0x80010000u);
  for (u32 at = 0; at < steps; at++) {
    step();
    checkpoint(sum);
    if (trace) { print_hex(sum); out8(0xe9, '\n'); }
  }
  look();
  print("paging: ");
  print_hex(sum);
  print("\n");
  out8(0xf4, 0x10);
}
