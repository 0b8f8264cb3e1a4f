// System calls of Linux on i386 by INT 0x80, as far as the test program needs them. Linux, arch/x86/entry/syscalls/syscall_32.tbl.
enum {
    SYS_EXIT = 1, SYS_FORK = 2, SYS_READ = 3, SYS_WRITE = 4, SYS_OPEN = 5, SYS_WAITPID = 7, SYS_EXECVE = 11, SYS_MKNOD = 14,
    SYS_LSEEK = 19, SYS_GETPID = 20, SYS_MOUNT = 21, SYS_PAUSE = 29, SYS_PIPE = 42, SYS_IOCTL = 54, SYS_REBOOT = 88, SYS_MUNMAP = 91,
    SYS_SOCKETCALL = 102, SYS_IOPL = 110, SYS_RT_SIGACTION = 174, SYS_MMAP2 = 192, SYS_CLOCK_GETTIME64 = 403, SYS_CLOCK_NANOSLEEP_TIME64 = 407,
};
enum { CLOCK_REALTIME = 0, CLOCK_MONOTONIC = 1, PROT_READ = 1, PROT_WRITE = 2, MAP_PRIVATE = 2, MAP_ANONYMOUS = 32, SIGSEGV = 11, SA_RESTORER = 0x04000000 };

struct timespec { long long seconds, nanoseconds; };
struct action { void (*handler)(int); unsigned long flags; void (*restorer)(void); unsigned long mask[2]; };

static inline long call6(long number, long a, long b, long c, long d, long e, long f) {
    long result;
    // Why through memory: with EBP as the sixth argument no register is left to address by.
    long arguments[2] = {number, f};
    __asm__ volatile("push %%ebp\n mov 4(%%eax), %%ebp\n mov (%%eax), %%eax\n int $0x80\n pop %%ebp"
        : "=a"(result) : "a"(arguments), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e) : "memory");
    return result;
}

static inline long call4(long number, long a, long b, long c, long d) {
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d) : "memory");
    return result;
}

static inline long call3(long number, long a, long b, long c) { return call4(number, a, b, c, 0); }
static inline long call2(long number, long a, long b) { return call4(number, a, b, 0, 0); }
static inline long call1(long number, long a) { return call4(number, a, 0, 0, 0); }
static inline long call0(long number) { return call4(number, 0, 0, 0, 0); }
