// The exits guest: repeats one operation, named on the command line, between the markers of a region. Words: op=NAME n=COUNT.
// The timer stands still and all interrupts are masked but for `hlt`. Identity tables with 4 KiB pages, two directories that map the same; ends with 0x10, or 0x11 for an unknown name.
typedef unsigned int u32;

struct operation { const char *name; void (*run)(u32); u32 user; };
extern const struct operation operations[];
extern u32 first_directory, second_directory, second_table;
void run_user(void (*operation)(u32), u32 count);

static u32 directories[2][1024] __attribute__((aligned(4096)));
static u32 tables[2][1024] __attribute__((aligned(4096)));

#define MARKER(number) __asm__ volatile(".byte 0x0f, 0x1f, 0x80\n\t.long %c0" ::"i"(0x57530000 + (number)) : "memory")
static void out8(u32 port, u32 value) { __asm__ volatile("outb %b0, %w1" ::"a"(value), "d"(port)); }

// The value of a word `name=value`, or null.
static const char *word(const char *line, const char *name) {
  for (; *line; line++) {
    const char *a = line, *b = name;
    while (*b && *a == *b) { a++; b++; }
    if (!*b && *a == '=') return a + 1;
  }
  return 0;
}

static u32 number(const char *digits) {
  u32 value = 0;
  for (; digits && *digits >= '0' && *digits <= '9'; digits++) value = value * 10 + (*digits - '0');
  return value;
}

static u32 equal(const char *wanted, const char *name) {
  while (*name && *wanted == *name) { wanted++; name++; }
  return !*name && (!*wanted || *wanted == ' ');
}

static void perform(const struct operation *operation, u32 count) {
  if (operation->user) run_user(operation->run, count);
  else operation->run(count);
}

static void turn_paging_on(void) {
  for (u32 d = 0; d < 2; d++) {
    for (u32 at = 0; at < 1024; at++) tables[d][at] = (at << 12) | 0x67;
    directories[d][0] = (u32)tables[d] | 0x67;
  }
  first_directory = (u32)directories[0];
  second_directory = (u32)directories[1];
  second_table = (u32)tables[1];
  __asm__ volatile("mov %0, %%cr3; mov %%cr0, %%eax; or $0x80010000, %%eax; mov %%eax, %%cr0" ::"r"(first_directory) : "eax", "memory");
}

// Timer interrupts at vector 0x20, every `clocks` of 1.19 MHz, all others masked; the processor takes them only where an operation
// lets it.
static void set_timer(u32 clocks) {
  const u32 writes[][2] = {{0x20, 0x11}, {0x21, 0x20}, {0x21, 0x04}, {0x21, 0x01}, {0x21, 0xfe}, {0x43, 0x34}, {0x40, clocks & 0xff}, {0x40, clocks >> 8}};
  for (u32 at = 0; at < sizeof writes / sizeof writes[0]; at++) out8(writes[at][0], writes[at][1]);
}

void main(u32 *information) {
  const char *line = information[0] & 4 ? (const char *)information[4] : "";
  const char *wanted = word(line, "op");
  u32 count = number(word(line, "n"));
  const struct operation *operation = operations;
  while (operation->name && !(wanted && equal(wanted, operation->name))) operation++;
  if (!operation->name || count == 0) { out8(0xf4, 0x11); return; }
  turn_paging_on();
  out8(0x21, 0xff);
  out8(0x43, 0x30);
  if (equal("hlt", operation->name)) set_timer(1193);
  if (equal("sleep_for_ever", operation->name)) set_timer(0xffff);
  if (equal("interrupt_on_table", operation->name)) set_timer(60);
  perform(operation, 2);
  MARKER(1);
  perform(operation, count);
  MARKER(2);
  out8(0xf4, 0x10);
}
