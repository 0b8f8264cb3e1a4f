// The page-table guest: one operation of memory management again and again, in the steady state, so that what leaves the guest can
// be counted operation by operation. A 32-bit guest with two-level 4 KiB paging, like the one such counts were measured with.
// Words of the command line: op=NAME n=OPERATIONS. Each operation ends with marker 3, the measured region lies between 1 and 2.
typedef unsigned int u32;

void touch_as_user(u32 address, u32 pages, u32 write);

#define P 1u
#define W 2u
#define U 4u
#define A 0x20u
#define D 0x40u
#define PS 0x80u
#define G 0x100u
#define ALL (P | W | U | A | D)
#define WINDOW 0x40000000u
#define DEVICE 0xfeb00000u
#define FRESH 0x800000u
#define EVERYTHING 0x60000000u
#define TABLES 0xc00000u
#define MEMORY 0x4000000u
#define PAGES 1024u
#define WARM 16u
#define MARKER(number) __asm__ volatile(".byte 0x0f, 0x1f, 0x80\n\t.long %c0" ::"i"(0x57530000 + (number)) : "memory")

static u32 directory[2][1024] __attribute__((aligned(4096)));
static u32 low[4][1024] __attribute__((aligned(4096)));
static u32 windows[2][1024] __attribute__((aligned(4096)));
static u32 device[1024] __attribute__((aligned(4096)));
static u32 spare[2][1024] __attribute__((aligned(4096)));
static u32 flags, faults, sum;

static void load_cr3(u32 value) { __asm__ volatile("mov %0, %%cr3" ::"r"(value) : "memory"); }
static u32 cr4(void) { u32 v; __asm__ volatile("mov %%cr4, %0" : "=r"(v)); return v; }
static void set_cr4(u32 v) { __asm__ volatile("mov %0, %%cr4" ::"r"(v) : "memory"); }
static void invlpg(u32 address) { __asm__ volatile("invlpg (%0)" ::"r"(address) : "memory"); }
static void out8(u32 port, u32 value) { __asm__ volatile("outb %b0, %w1" ::"a"(value), "d"(port)); }
static volatile u32 *word(u32 address) { return (volatile u32 *)address; }
static volatile u32 *leaf(u32 address) { return &((volatile u32 *)windows[0])[(address - WINDOW) >> 12]; }
static u32 window(u32 page) { return WINDOW + page * 4096; }

static int same(const char *a, const char *b) {
  for (; *b; a++, b++) if (*a != *b) return 0;
  return *a == 0 || *a == ' ';
}

static const char *value(const char *line, const char *name) {
  for (; *line; line++) {
    const char *a = line, *b = name;
    while (*b && *a == *b) { a++; b++; }
    if (!*b && *a == '=') return a + 1;
  }
  return "";
}

static u32 number(const char *text) {
  u32 sum = 0;
  for (; *text >= '0' && *text <= '9'; text++) sum = sum * 10 + (*text - '0');
  return sum;
}

// Demand paging: the page that faulted gets the frame of its number. A write fault of a present page gets its write right.
void fault(u32 address, u32 code) {
  faults++;
  if (code & P) { *leaf(address) |= W; return; }
  *leaf(address) = (FRESH + ((address - WINDOW) & ~0xfffu)) | flags;
}

static void nothing(u32 n) { (void)n; }
static void map_window(u32 n) { (void)n; for (u32 at = 0; at < PAGES; at++) windows[0][at] = (FRESH + at * 4096) | ALL; load_cr3((u32)directory[0]); }
static void warm_window(u32 n) { map_window(n); for (u32 at = 0; at < PAGES; at++) *word(window(at)) = at; }
static void free_window(u32 n) { (void)n; for (u32 at = WARM; at < PAGES; at++) windows[0][at] = 0; load_cr3((u32)directory[0]); }
static void share_window(u32 n) { map_window(n); directory[1][WINDOW >> 22] = directory[0][WINDOW >> 22]; *word(window(0)) = 0; load_cr3((u32)directory[1]); *word(window(0)) = 0; }
static void own_windows(u32 n) { map_window(n); for (u32 at = 0; at < PAGES; at++) windows[1][at] = windows[0][at]; directory[1][WINDOW >> 22] = (u32)windows[1] | ALL; }
static void visit_other(u32 n) { own_windows(n); load_cr3((u32)directory[1]); *word(window(0)) = 0; load_cr3((u32)directory[0]); }
static void visit_shared(u32 n) { share_window(n); load_cr3((u32)directory[0]); }
static void large_window(u32 n) { (void)n; directory[0][WINDOW >> 22] = FRESH | ALL | PS; load_cr3((u32)directory[0]); }

static void cr3(u32 at) { (void)at; load_cr3((u32)directory[0]); }
static void two_roots(u32 at) { load_cr3((u32)directory[at & 1]); }
static void forget(u32 at) { (void)at; invlpg(window(3)); }
static void demand(u32 at) { touch_as_user(window(WARM + at), 1, 0); }
static void demand_write(u32 at) { touch_as_user(window(WARM + at), 1, 1); }
static void leaf_write(u32 at) { *leaf(window(3)) ^= (at & 1) ? G : 0x200; invlpg(window(3)); }
static void live_write(u32 at) { *leaf(window(3)) = (FRESH + (3 + (at & 1)) * 4096) | ALL; }
static void remap(u32 at) { live_write(at); invlpg(window(3)); *word(window(3)) = at; }
static void switches(u32 at) {
  (void)at;
  load_cr3((u32)directory[1]);
  touch_as_user(window(0), 2, 1);
  load_cr3((u32)directory[0]);
  touch_as_user(window(0), 2, 1);
}
static void registers(u32 at) { (void)at; *word(0x50000000u); }
static void directory_write(u32 at) { ((volatile u32 *)directory[0])[WINDOW >> 22] = (u32)windows[0] | ALL | ((at & 1) ? 0x200 : 0); }
static void directory_touch(u32 at) { directory_write(at); *word(window(3)) = at; }
static void other_directory(u32 at) { ((volatile u32 *)directory[1])[900] = (at & 1) ? 0x200 : 0; }
static void protect(u32 at) {
  *leaf(window(3)) &= ~W;
  invlpg(window(3));
  *leaf(window(3)) |= W;
  invlpg(window(3));
  *word(window(3)) = at;
}
static void protect_fault(u32 at) { *leaf(window(3)) &= ~W; invlpg(window(3)); touch_as_user(window(3), 1, 1); (void)at; }
static void age(u32 at) { *leaf(window(3)) &= ~A; invlpg(window(3)); *word(window(3)); (void)at; }
static void clean(u32 at) { *leaf(window(3)) &= ~D; invlpg(window(3)); *word(window(3)) = at; }
static void unmap(u32 at) { *leaf(window(3)) = 0; invlpg(window(3)); touch_as_user(window(3), 1, 0); (void)at; }
static void globals(u32 at) { (void)at; u32 v = cr4(); set_cr4(v ^ 0x80); set_cr4(v); }
static void read_cr3(u32 at) { u32 v; (void)at; __asm__ volatile("mov %%cr3, %0" : "=r"(v)); }
static void other_leaf(u32 at) { ((volatile u32 *)windows[1])[at % PAGES] = (FRESH + (at % 8) * 4096) | ALL; }
static void discard(u32 at) {
  (void)at;
  u32 cells = 1024;
  volatile u32 *to = (volatile u32 *)windows[1];
  __asm__ volatile("rep stosl" : "+c"(cells), "+D"(to) : "a"(0) : "memory");
}
static void become_directory(u32 at) {
  volatile u32 *fresh = (volatile u32 *)spare[at & 1];
  for (u32 t = 0; t < 4; t++) fresh[t] = directory[0][t];
  load_cr3((u32)spare[at & 1]);
  load_cr3((u32)directory[0]);
  for (u32 t = 0; t < 4; t++) fresh[t] = 0;
}
static void sweep(u32 at) { *word(window(at % PAGES)) = at; }
static void dirty_switch(u32 at) { *leaf(window(3)) = (FRESH + (3 + (at & 1)) * 4096) | ALL; load_cr3((u32)directory[0]); *word(window(3)) = at; }

// All memory above 16 MiB, again and again by 64 tables: more shadow pages than any small limit.
static void map_everything(u32 n) {
  (void)n;
  for (u32 at = 0; at < 64; at++) {
    u32 *table = (u32 *)(TABLES + at * 4096);
    for (u32 each = 0; each < 1024; each++) table[each] = (0x1000u + (at * 1024 + each) % 0x3000u) << 12 | P | W | U;
    directory[0][(EVERYTHING >> 22) + at] = (u32)table | P | W | U;
  }
  load_cr3((u32)directory[0]);
}
static void everything(u32 at) {
  volatile u32 *cell = word(EVERYTHING + ((at * 29) % 64 << 22) + ((at * 77) % 1024 << 12));
  sum = sum * 31 + *cell;
  *cell = sum ^ at;
}

// Tables and pages where the guest has no memory, where a careless VMM has its own; tables in a circle; the last frame as a table.
static void map_nowhere(u32 n) {
  (void)n;
  directory[0][512] = (u32)windows[1] | ALL;
  for (u32 at = 0; at < 1024; at++) windows[1][at] = (((MEMORY >> 12) + at * 4) << 12) | ALL;
  directory[0][513] = MEMORY | ALL;
  directory[0][514] = 0xfffff000u | ALL;
  directory[0][515] = (u32)directory[0] | ALL;
  directory[0][516] = (MEMORY - 4096) | ALL;
  windows[0][1023] = (MEMORY - 4096) | ALL;
  load_cr3((u32)directory[0]);
  for (u32 at = 0; at < 8; at++) word(window(1023))[at] = (MEMORY + (at - 4) * 4096) | ALL;
}
static void nowhere(u32 at) {
  volatile u32 *page = word((512u << 22) + (at % 1024 << 12));
  sum = sum * 31 + page[at % 1000];
  page[at % 1000] = at;
  sum = sum * 31 + page[at % 1000];
  sum = sum * 31 + *word((513u << 22) + (at % 64 << 12)) + *word((514u << 22) + (at % 64 << 12));
  volatile u32 *entry = word((515u << 22) + (512 << 12));
  sum = sum * 31 + entry[at % 1024];
  entry[at % 1024] = (((MEMORY >> 12) + at) << 12) | ALL;
  invlpg((512u << 22) + (at % 1024 << 12));
  u32 last = 516u << 22 | (at % 8) << 12;
  sum = sum * 31 + *word(last);
  if (at % 8 != 3) *word(last + 4) = at;
}

static const struct { const char *name; void (*prepare)(u32), (*operate)(u32); u32 flags; } operations[] = {
  {"cr3", nothing, cr3, 0}, {"cr3sw", nothing, two_roots, 0}, {"invlpg", warm_window, forget, 0},
  {"demand", free_window, demand, ALL}, {"demandwrite", free_window, demand_write, ALL}, {"demandclean", free_window, demand_write, P | W | U},
  {"ptew", warm_window, leaf_write, 0}, {"live", warm_window, live_write, 0}, {"remap", warm_window, remap, 0}, {"ctxsw", own_windows, switches, 0},
  {"ctxshare", share_window, switches, 0}, {"mmio", nothing, registers, 0}, {"pdw", warm_window, directory_write, 0}, {"pdtouch", warm_window, directory_touch, 0},
  {"pdother", visit_shared, other_directory, 0}, {"mprotect", warm_window, protect, 0}, {"protfault", warm_window, protect_fault, 0}, {"age", warm_window, age, 0},
  {"clean", warm_window, clean, 0}, {"unmap", warm_window, unmap, ALL}, {"pge", nothing, globals, 0}, {"readcr3", nothing, read_cr3, 0}, {"otherleaf", visit_other, other_leaf, 0}, {"discard", visit_other, discard, 0}, {"newroot", nothing, become_directory, 0},
  {"large", large_window, sweep, 0}, {"everything", map_everything, everything, 0}, {"nowhere", map_nowhere, nowhere, 0}, {"sweep", warm_window, sweep, 0}, {"dirtyswitch", warm_window, dirty_switch, 0},
};

void main(u32 *information) {
  const char *line = information[0] & 4 ? (const char *)information[4] : "";
  const char *name = value(line, "op");
  u32 n = number(value(line, "n")), chosen = 0;
  while (chosen < sizeof operations / sizeof *operations && !same(name, operations[chosen].name)) chosen++;
  if (chosen == sizeof operations / sizeof *operations) { out8(0xf4, 1); return; }
  flags = operations[chosen].flags;
  for (u32 d = 0; d < 2; d++) {
    for (u32 t = 0; t < 4; t++) directory[d][t] = (u32)low[t] | ALL;
    directory[d][WINDOW >> 22] = (u32)windows[0] | ALL;
    directory[d][0x50000000u >> 22] = (u32)device | ALL;
  }
  for (u32 t = 0; t < 4; t++) for (u32 at = 0; at < 1024; at++) low[t][at] = (t << 22) | (at << 12) | ALL;
  for (u32 at = 0; at < WARM; at++) windows[0][at] = (FRESH + at * 4096) | ALL;
  device[0] = DEVICE | ALL;
  __asm__ volatile("mov %%cr4, %%eax; or $0x90, %%eax; mov %%eax, %%cr4" ::: "eax");
  load_cr3((u32)directory[0]);
  __asm__ volatile("mov %%cr0, %%eax; or $0x80010000, %%eax; mov %%eax, %%cr0" ::: "eax");
  operations[chosen].prepare(n);
  touch_as_user(WINDOW, WARM, 1);
  for (u32 at = 0; at < 12; at++) if (flags == 0) operations[chosen].operate(at);
  for (u32 at = PAGES - WARM - 8; at < PAGES - WARM; at++) if (flags != 0) operations[chosen].operate(at);
  MARKER(1);
  for (u32 at = 0; at < n; at++) {
    operations[chosen].operate(at);
    MARKER(3);
  }
  MARKER(2);
  __asm__ volatile(".byte 0x0f, 0x1f, 0x80\n\t.long 0x57530004" ::"a"(sum) : "memory");
  out8(0xf4, 0x10);
}
