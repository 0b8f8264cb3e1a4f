// What the guests of these tests share: ports, the console, checkpoints, words of the command line, random numbers from a seed.
typedef unsigned int u32;
typedef unsigned char u8;

static inline void out8(u32 port, u32 value) { __asm__ volatile("outb %b0, %w1" ::"a"(value), "d"(port)); }
static inline void marker_begin(void) { __asm__ volatile(".byte 0x0f, 0x1f, 0x80, 0x01, 0x00, 0x53, 0x57" ::: "memory"); }
static inline void marker_end(void) { __asm__ volatile(".byte 0x0f, 0x1f, 0x80, 0x02, 0x00, 0x53, 0x57" ::: "memory"); }
static inline void marker_operation(void) { __asm__ volatile(".byte 0x0f, 0x1f, 0x80, 0x03, 0x00, 0x53, 0x57" ::: "memory"); }
static inline void checkpoint(u32 value) { __asm__ volatile(".byte 0x0f, 0x1f, 0x80, 0x04, 0x00, 0x53, 0x57" ::"a"(value) : "memory"); }

static inline void print(const char *text) { while (*text) out8(0xe9, *text++); }
static inline void print_hex(u32 value) { for (int at = 28; at >= 0; at -= 4) out8(0xe9, "0123456789abcdef"[(value >> at) & 15]); }

// The number behind `name=` in the command line.
static inline u32 number(const char *line, const char *name, u32 fallback) {
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
