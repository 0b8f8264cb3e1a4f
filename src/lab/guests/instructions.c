// One instruction at a time, over and over in a measured region: what each costs a technique in exits. Words of the command
// line: what=N chooses the row of `kinds`, operations=N how often. No instruction here waits for anything or changes what
// comes after it.
#include "guest.h"

typedef void operation(void);

static u32 word, selector = 0x10;
static u8 table[8];

static void cli(void) { __asm__ volatile("cli"); }
static void sti(void) { __asm__ volatile("sti"); }
static void invlpg(void) { __asm__ volatile("invlpg %0" : "+m"(word)); }
static void cpuid(void) { u32 a = 0, b, c, d; __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d)); }
static void rdtsc(void) { __asm__ volatile("rdtsc" ::: "eax", "edx"); }
static void clts(void) { __asm__ volatile("clts"); }
static void in80(void) { __asm__ volatile("in $0x80, %%al" ::: "eax"); }
static void read_cr0(void) { __asm__ volatile("mov %%cr0, %%eax" ::: "eax"); }
static void sgdt(void) { __asm__ volatile("sgdt %0" : "=m"(table)); }
static void sidt(void) { __asm__ volatile("sidt %0" : "=m"(table)); }
static void sldt(void) { __asm__ volatile("sldt %%eax" ::: "eax"); }
static void smsw(void) { __asm__ volatile("smsw %%eax" ::: "eax"); }
static void str(void) { __asm__ volatile("str %%eax" ::: "eax"); }
static void pushf(void) { __asm__ volatile("pushf; pop %%eax" ::: "eax", "memory"); }
static void popf(void) { __asm__ volatile("push $2; popf" ::: "memory", "cc"); }
static void lar(void) { __asm__ volatile("lar %w1, %0" : "=r"(word) : "r"(selector) : "cc"); }
static void lsl(void) { __asm__ volatile("lsl %w1, %0" : "=r"(word) : "r"(selector) : "cc"); }
static void verr(void) { __asm__ volatile("verr %w0" ::"r"(selector) : "cc"); }
static void verw(void) { __asm__ volatile("verw %w0" ::"r"(selector) : "cc"); }
static void pop_segment(void) { __asm__ volatile("pushl $0x10; popl %%es" ::: "memory"); }
static void push_segment(void) { __asm__ volatile("pushl %%cs; popl %%eax" ::: "eax", "memory"); }
static void jump_far(void) { __asm__ volatile("ljmp $8, $1f; 1:"); }
static void call_far(void) { __asm__ volatile("lcall $8, $1f; jmp 2f; 1: lret; 2:" ::: "memory"); }
static void move_from(void) { __asm__ volatile("mov %%cs, %%eax" ::: "eax"); }
static void move_to(void) { __asm__ volatile("mov %w0, %%es" ::"r"(selector)); }

static operation *const kinds[] = {
  cli, sti, invlpg, cpuid, rdtsc, clts, in80, read_cr0,
  sgdt, sidt, sldt, smsw, str, pushf, popf, lar, lsl, verr, verw, pop_segment, push_segment, jump_far, call_far, move_from, move_to,
};

void main(u32 *information) {
  const char *line = information[0] & 4 ? (const char *)information[4] : "";
  u32 what = number(line, "what", 0), operations = number(line, "operations", 100);
  // Why: STI lets a timer in that nobody here waits for.
  out8(0x21, 0xff);
  out8(0xa1, 0xff);
  if (what >= sizeof kinds / sizeof *kinds) what = 0;
  kinds[what]();
  marker_begin();
  for (u32 at = 0; at < operations; at++) {
    kinds[what]();
    marker_operation();
  }
  marker_end();
  checkpoint(operations);
  print("instructions: done\n");
  out8(0xf4, 0x10);
}
