// The first and only program of the test system: one check after another of what a kernel does for its programs, each with a
// line on the console, then the end of the machine. Built without a library, so the system calls are here.
#include "system-calls.h"

static int length(const char *text) {
    int n = 0;
    while (text[n]) n++;
    return n;
}

static void print(const char *text) {
    call3(SYS_WRITE, 1, (long)text, length(text));
}

static void print_number(unsigned long value) {
    char digits[12];
    int at = sizeof digits - 1;
    digits[at] = 0;
    do digits[--at] = '0' + value % 10; while (value /= 10);
    print(digits + at);
}

static void check(const char *what, int holds) {
    print(what);
    print(holds ? ": ok\n" : ": FAILED\n");
}

// The clock is read twice around a sleep; what it says depends on the machine, that it goes on does not.
static int clock_goes_on(void) {
    struct timespec before, after, pause = {0, 20000000};
    if (call2(SYS_CLOCK_GETTIME64, CLOCK_MONOTONIC, (long)&before) != 0) return 0;
    if (call4(SYS_CLOCK_NANOSLEEP_TIME64, CLOCK_MONOTONIC, 0, (long)&pause, 0) != 0) return 0;
    call2(SYS_CLOCK_GETTIME64, CLOCK_MONOTONIC, (long)&after);
    return (long)(after.seconds - before.seconds) * 1000000000L + (long)(after.nanoseconds - before.nanoseconds) >= 20000000;
}

// The kernel took the date from the battery-backed clock: one of this century.
static int date_is_set(void) {
    struct timespec now;
    return call2(SYS_CLOCK_GETTIME64, CLOCK_REALTIME, (long)&now) == 0 && now.seconds >= 946684800;
}

static int child_returns(void) {
    int status = 0;
    long child = call0(SYS_FORK);
    if (child == 0) call1(SYS_EXIT, 42);
    return call3(SYS_WAITPID, child, (long)&status, 0) == child && (status >> 8) == 42;
}

// Copy on write: the child's store must not be seen here.
static volatile int shared = 1;

static int memory_is_own(void) {
    int status = 0;
    long child = call0(SYS_FORK);
    if (child == 0) {
        shared = 2;
        call1(SYS_EXIT, shared);
    }
    call3(SYS_WAITPID, child, (long)&status, 0);
    return (status >> 8) == 2 && shared == 1;
}

static int memory_is_mapped(void) {
    enum { SIZE = 1 << 20, STEP = 4096 };
    long at = call6(SYS_MMAP2, 0, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    volatile char *page = (volatile char *)at;
    if (at > -4096 && at < 0) return 0;
    for (int i = 0; i < SIZE; i += STEP) page[i] = i / STEP;
    for (int i = 0; i < SIZE; i += STEP) if (page[i] != (char)(i / STEP)) return 0;
    return call2(SYS_MUNMAP, at, SIZE) == 0;
}

static volatile int *volatile nowhere = (volatile int *)16;

__attribute__((naked)) static void restore(void) {
    __asm__ volatile("mov $173, %eax\n int $0x80");
}

static void on_segment_violation(int number) {
    (void)number;
    call1(SYS_EXIT, 7);
}

// A program that touches what is not there is told so by a signal.
static int violation_is_caught(void) {
    int status = 0;
    long child = call0(SYS_FORK);
    if (child == 0) {
        struct action action = {on_segment_violation, SA_RESTORER, restore, {0, 0}};
        call4(SYS_RT_SIGACTION, SIGSEGV, (long)&action, 0, 8);
        *nowhere = 1;
        call1(SYS_EXIT, 8);
    }
    call3(SYS_WAITPID, child, (long)&status, 0);
    return (status >> 8) == 7;
}

// Without a coprocessor the kernel computes these.
static int numbers_have_fractions(void) {
    volatile double third = 1.0, sum = 0.0;
    third /= 3.0;
    for (int i = 0; i < 30; i++) sum += third;
    return sum > 9.999999 && sum < 10.000001;
}

static int pipe_carries(void) {
    int ends[2], status = 0;
    char byte = 0;
    if (call1(SYS_PIPE, (long)ends) != 0) return 0;
    long child = call0(SYS_FORK);
    if (child == 0) {
        call3(SYS_WRITE, ends[1], (long)"x", 1);
        call1(SYS_EXIT, 0);
    }
    long got = call3(SYS_READ, ends[0], (long)&byte, 1);
    call3(SYS_WAITPID, child, (long)&status, 0);
    return got == 1 && byte == 'x';
}

static int itself_again(char **arguments, char **environment) {
    int status = 0;
    char *again[] = {arguments[0], "again", 0};
    long child = call0(SYS_FORK);
    if (child == 0) {
        call3(SYS_EXECVE, (long)arguments[0], (long)again, (long)environment);
        call1(SYS_EXIT, 1);
    }
    call3(SYS_WAITPID, child, (long)&status, 0);
    return (status >> 8) == 9;
}

// What the command line names for programs, the kernel puts into the environment.
static const char *setting(char **environment, const char *name) {
    for (; *environment; environment++) {
        int at = 0;
        while (name[at] && (*environment)[at] == name[at]) at++;
        if (!name[at] && (*environment)[at] == '=') return *environment + at + 1;
    }
    return 0;
}

// Word n of the test disk is n * MULTIPLIER. Opened past the cache, so that every read and write is one of the driver's.
enum { O_RDWR = 2, O_DIRECT = 040000, SECTOR = 512, READ_BYTES = 65536, WRITTEN_SECTOR = 1000 };
#define MULTIPLIER 2654435761u

static unsigned buffer[READ_BYTES / 4] __attribute__((aligned(4096)));

static int disk_reads(long disk) {
    int right = call3(SYS_READ, disk, (long)buffer, READ_BYTES) == READ_BYTES;
    for (unsigned i = 0; i < READ_BYTES / 4; i++) right &= buffer[i] == i * MULTIPLIER;
    return right;
}

static int disk_keeps(long disk) {
    for (unsigned i = 0; i < SECTOR / 4; i++) buffer[i] = ~i;
    call3(SYS_LSEEK, disk, WRITTEN_SECTOR * SECTOR, 0);
    if (call3(SYS_WRITE, disk, (long)buffer, SECTOR) != SECTOR) return 0;
    for (unsigned i = 0; i < SECTOR / 4; i++) buffer[i] = 0;
    call3(SYS_LSEEK, disk, WRITTEN_SECTOR * SECTOR, 0);
    int right = call3(SYS_READ, disk, (long)buffer, SECTOR) == SECTOR;
    for (unsigned i = 0; i < SECTOR / 4; i++) right &= buffer[i] == ~i;
    return right;
}

static void check_disk(const char *name) {
    call6(SYS_MOUNT, (long)"devtmpfs", (long)"/dev", (long)"devtmpfs", 0, 0, 0);
    long disk = call3(SYS_OPEN, (long)name, O_RDWR | O_DIRECT, 0);
    print("init: disk ");
    print(name);
    check(" opens", disk >= 0);
    if (disk < 0) return;
    check("init: the disk reads", disk_reads(disk));
    check("init: the disk keeps what is written", disk_keeps(disk));
}

#include "network.h"

// isa-debug-exit ends the machine; where the kernel gives no ports away, its own restart does.
static void power_off(void) {
    if (call1(SYS_IOPL, 3) == 0) __asm__ volatile("outb %0, $0xf4" : : "a"((char)0x10));
    call4(SYS_REBOOT, 0xfee1dead, 672274793, 0x01234567, 0);
}

__attribute__((used)) static void start(long *stack) {
    char **arguments = (char **)(stack + 1), **environment = arguments + stack[0] + 1;
    if (stack[0] > 1 && arguments[1][0] == 'a') call1(SYS_EXIT, 9);
    print("init: started as process ");
    print_number(call0(SYS_GETPID));
    print("\n");
    check("init: the date is set", date_is_set());
    check("init: the clock goes on", clock_goes_on());
    check("init: fork and wait", child_returns());
    check("init: copy on write", memory_is_own());
    check("init: map and unmap memory", memory_is_mapped());
    check("init: a segment violation is caught", violation_is_caught());
    check("init: floating point", numbers_have_fractions());
    check("init: a pipe", pipe_carries());
    check("init: execute a program", itself_again(arguments, environment));
    const char *disk = setting(environment, "disk"), *address = setting(environment, "address"), *peer = setting(environment, "peer");
    if (disk) check_disk(disk);
    if (address && peer) check_network(address, peer);
    print("init: power off\n");
    power_off();
    for (;;) call0(SYS_PAUSE);
}

__asm__(".globl _start\n_start:\n mov %esp, %eax\n and $-16, %esp\n sub $12, %esp\n push %eax\n call start\n");
