/* Runs instruction cases on the processor at hand, in ring 3 of a 32-bit Linux process, and reports what each left behind.
   The whole loop lives in the signal handler: every case ends in an exception, whose handler records the outcome, undoes the
   stores, prepares the next case and returns into it. Freestanding: no C library, so that nothing but this file is trusted.
   Input and output are described in native.ts. Intel SDM vol. 3A, 6.15 for the exceptions. */

typedef unsigned int u32;
typedef unsigned short u16;
typedef unsigned char u8;

enum { WINDOW = 0x20000000, PAGE = 4096, PAGES = 12 };
/* Far from the window and small, so that a stray address is as unmapped here as in the model. */
enum { INPUT = 0xd8000000, OUTPUT = 0xd6000000, OUTPUT_SIZE = 0x40000, OUTPUT_FULL = OUTPUT_SIZE - 0x20000 };
enum { READ = 1, WRITE = 2, EXECUTE = 4 };
/* What lies in the window, page by page; the same list as in window.ts. */
static const u8 ACCESS[PAGES] = {0, READ | WRITE, READ | WRITE, READ, 0, READ | WRITE, READ | WRITE, 0, 0, READ | WRITE | EXECUTE, READ | WRITE | EXECUTE, 0};

/* struct sigcontext of the i386 ABI. */
struct context {
  u16 gs, gs_high, fs, fs_high, es, es_high, ds, ds_high;
  u32 edi, esi, ebp, esp, ebx, edx, ecx, eax, trapno, error, eip;
  u16 cs, cs_high;
  u32 eflags, esp_at_signal;
  u16 ss, ss_high;
  u32 fpstate, oldmask, cr2;
};
struct ucontext { u32 flags, link, stack[3]; struct context context; };
struct action { void (*handler)(int, void *, struct ucontext *); u32 flags; void (*restorer)(void); u32 mask[2]; };
struct thread_area { u32 entry, base, limit, flags; };

static u8 pristine[PAGES * PAGE] __attribute__((aligned(4096)));
static u8 alternate[65536] __attribute__((aligned(16)));
static const u32 *next_case;
static u32 cases_left, started;
static u32 *out = (u32 *)OUTPUT;

static int call(u32 number, u32 a, u32 b, u32 c, u32 d, u32 e) {
  int result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e) : "memory");
  return result;
}
/* old_mmap takes its six arguments in memory. */
static void map(u32 at, u32 length, u32 protection) {
  u32 arguments[6] = {at, length, protection, 0x4032 /* private, fixed, anonymous, noreserve */, (u32)-1, 0};
  if ((u32)call(90, (u32)arguments, 0, 0, 0, 0) != at) call(1, 3, 0, 0, 0, 0);
}

static void copy(u8 *to, const u8 *from, u32 n) {
  while (n--) *to++ = *from++;
}
static void flush(void) {
  u32 at = OUTPUT;
  while (at < (u32)out) {
    int written = call(4, 1, at, (u32)out - at, 0, 0);
    if (written <= 0) call(1, 4, 0, 0, 0, 0);
    at += written;
  }
  out = (u32 *)OUTPUT;
}

/* Reports the words that changed and puts them back. */
static u32 *differences(u32 *to) {
  u32 *count = to++;
  *count = 0;
  for (u32 page = 0; page < PAGES; page++) {
    if (!(ACCESS[page] & WRITE)) continue;
    u32 *live = (u32 *)(WINDOW + page * PAGE), *kept = (u32 *)(pristine + page * PAGE);
    for (u32 at = 0; at < PAGE / 4; at++) {
      if (live[at] == kept[at]) continue;
      *to++ = (u32)(live + at);
      *to++ = live[at];
      live[at] = kept[at];
      ++*count;
    }
  }
  return to;
}

static void record(const struct context *c) {
  u32 words[] = {c->trapno, c->error, c->cr2, c->eip, c->eax, c->ecx, c->edx, c->ebx, c->esp_at_signal, c->ebp, c->esi, c->edi,
    c->eflags, c->es, c->cs, c->ss, c->ds, c->fs, c->gs};
  copy((u8 *)out, (u8 *)words, sizeof words);
  out = differences(out + sizeof words / 4);
  if ((u32)out - OUTPUT > OUTPUT_FULL) flush();
}

/* A case: EIP, eight registers, EFLAGS, six selectors, number of patches; then each patch: address, length, bytes. */
static void prepare(struct context *c) {
  const u32 *w = next_case;
  c->eip = w[0];
  c->eax = w[1]; c->ecx = w[2]; c->edx = w[3]; c->ebx = w[4]; c->esp = w[5]; c->ebp = w[6]; c->esi = w[7]; c->edi = w[8];
  c->eflags = w[9];
  c->es = w[10]; c->cs = w[11]; c->ss = w[12]; c->ds = w[13]; c->fs = w[14]; c->gs = w[15];
  u32 patches = w[16];
  for (w += 17; patches--; w += 2 + (w[1] + 3) / 4) copy((u8 *)w[0], (const u8 *)(w + 2), w[1]);
  next_case = w;
}

__attribute__((used)) static void on_signal(int signal, void *info, struct ucontext *u) {
  (void)signal; (void)info;
  if (started) record(&u->context);
  started = 1;
  if (cases_left-- == 0) {
    flush();
    call(1, 0, 0, 0, 0, 0);
  }
  prepare(&u->context);
}

/* A case may have set AC, NT or ID: clear them before compiled code runs. */
__asm__(".text\nenter:\n pushl $0x202\n popfl\n jmp on_signal\nleave_handler:\n movl $173, %eax\n int $0x80\n"
  ".globl _start\n_start:\n xorl %ebp, %ebp\n andl $-16, %esp\n call begin\n");
void enter(int, void *, struct ucontext *);
void leave_handler(void);

static void install(int signal) {
  struct action action = {enter, 0x4c000004 /* SIGINFO, RESTORER, ONSTACK, NODEFER */, leave_handler, {0, 0}};
  if (call(174, signal, (u32)&action, 0, 8, 0) < 0) call(1, 5, 0, 0, 0, 0);
}

/* The three data segments of window.ts, in the thread-local slots 12 to 14 of the GDT. */
static void segments(void) {
  static const struct thread_area areas[] = {
    {12, WINDOW, 0x6eff, 1}, {13, WINDOW, 0x1fff, 1 | 1 << 1}, {14, WINDOW, 0xffff, 1 | 1 << 3},
  };
  for (u32 n = 0; n < 3; n++) {
    struct thread_area area = areas[n];
    if (call(243, (u32)&area, 0, 0, 0, 0) < 0) call(1, 6, 0, 0, 0, 0);
  }
}

static void read_exactly(u32 at, u32 length) {
  while (length > 0) {
    int got = call(3, 0, at, length, 0, 0);
    if (got <= 0) call(1, 7, 0, 0, 0, 0);
    at += got;
    length -= got;
  }
}
static void read_all(void) {
  u32 length;
  read_exactly((u32)&length, sizeof length);
  map(INPUT, (length + PAGE - 1) & -PAGE, READ | WRITE);
  read_exactly(INPUT, length);
}

static void window(void) {
  for (u32 page = 0; page < PAGES; page++) {
    u32 at = WINDOW + page * PAGE;
    if (ACCESS[page] == 0) continue;
    map(at, PAGE, READ | WRITE);
    copy((u8 *)at, pristine + page * PAGE, PAGE);
    call(125, at, PAGE, ACCESS[page], 0, 0);
  }
}

__attribute__((used)) static void begin(void) {
  static const int signals[] = {4, 5, 7, 8, 11};
  map(OUTPUT, OUTPUT_SIZE, READ | WRITE);
  read_all();
  const u32 *input = (const u32 *)INPUT;
  cases_left = input[0];
  copy(pristine, (const u8 *)(input + 1), sizeof pristine);
  next_case = input + 1 + sizeof pristine / 4;
  window();
  segments();
  u32 stack[3] = {(u32)alternate, 0, sizeof alternate};
  call(186, (u32)stack, 0, 0, 0, 0);
  for (u32 n = 0; n < 5; n++) install(signals[n]);
  __asm__ volatile("int3");
}
