// The first network card is given an address and asks a host on the other end for echoes (RFC 792), by a raw socket: so what goes through the
// driver is ARP and ICMP of the kernel's own. A host that then asks for echoes itself, each time after the answer before, is answered by the kernel.
enum { SOCKETCALL_SOCKET = 1, SOCKETCALL_SENDTO = 11, SOCKETCALL_RECVFROM = 12, AF_INET = 2, SOCK_RAW = 3, IPPROTO_ICMP = 1 };
enum { SIOCSIFADDR = 0x8916, SIOCSIFNETMASK = 0x891c, SIOCGIFFLAGS = 0x8913, SIOCSIFFLAGS = 0x8914, IFF_UP = 1, MSG_DONTWAIT = 0x40 };
enum { ECHO_REPLY = 0, ECHO_REQUEST = 8, ECHO_BYTES = 64, ECHOES = 3, LAST_REQUEST = 4, IP_HEADER = 20, MOST_WAITS = 100 };

struct address { unsigned short family, port; unsigned ip; char zero[8]; };
struct interface { char name[16]; union { struct address address; short flags; char room[16]; }; };

// Four numbers with dots between, as the network has them.
static unsigned parse_address(const char *text) {
    unsigned parts[4] = {0};
    for (int part = 0; *text && part < 4; text++) {
        if (*text == '.') part++;
        else parts[part] = parts[part] * 10 + (*text - '0');
    }
    return parts[0] | parts[1] << 8 | parts[2] << 16 | parts[3] << 24;
}

static int configure(long socket, unsigned ip) {
    struct interface card = {.name = "eth0"};
    card.address = (struct address){.family = AF_INET, .ip = ip};
    if (call3(SYS_IOCTL, socket, SIOCSIFADDR, (long)&card) != 0) return 0;
    card.address = (struct address){.family = AF_INET, .ip = 0x00ffffff};
    if (call3(SYS_IOCTL, socket, SIOCSIFNETMASK, (long)&card) != 0) return 0;
    if (call3(SYS_IOCTL, socket, SIOCGIFFLAGS, (long)&card) != 0) return 0;
    card.flags |= IFF_UP;
    return call3(SYS_IOCTL, socket, SIOCSIFFLAGS, (long)&card) == 0;
}

static unsigned short checksum(const unsigned char *bytes, int length) {
    unsigned sum = 0;
    for (int i = 0; i < length; i += 2) sum += bytes[i] | bytes[i + 1] << 8;
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return ~sum;
}

static void pause_shortly(void) {
    struct timespec pause = {0, 10000000};
    call4(SYS_CLOCK_NANOSLEEP_TIME64, CLOCK_MONOTONIC, 0, (long)&pause, 0);
}

// Sends one request and waits for the reply with the same number and bytes.
static int echoes(long socket, unsigned peer, int number) {
    unsigned char request[ECHO_BYTES] = {ECHO_REQUEST}, reply[IP_HEADER + ECHO_BYTES];
    struct address to = {.family = AF_INET, .ip = peer};
    request[4] = 0x57;
    request[6] = number;
    for (int i = 8; i < ECHO_BYTES; i++) request[i] = i * number;
    unsigned short sum = checksum(request, ECHO_BYTES);
    request[2] = sum;
    request[3] = sum >> 8;
    long send[6] = {socket, (long)request, ECHO_BYTES, 0, (long)&to, sizeof to};
    if (call2(SYS_SOCKETCALL, SOCKETCALL_SENDTO, (long)send) != ECHO_BYTES) return 0;
    for (int waits = 0; waits < MOST_WAITS; waits++) {
        long receive[6] = {socket, (long)reply, sizeof reply, MSG_DONTWAIT, 0, 0};
        long got = call2(SYS_SOCKETCALL, SOCKETCALL_RECVFROM, (long)receive);
        if (got == IP_HEADER + ECHO_BYTES && reply[IP_HEADER] == ECHO_REPLY && reply[IP_HEADER + 6] == number) {
            int same = 1;
            for (int i = 8; i < ECHO_BYTES; i++) same &= reply[IP_HEADER + i] == request[i];
            return same;
        }
        if (got < 0) pause_shortly();
    }
    return 0;
}

// A raw socket sees the other end's requests too; the last one comes only when those before were answered.
static int last_request_comes(long socket) {
    unsigned char message[IP_HEADER + ECHO_BYTES];
    for (int waits = 0; waits < MOST_WAITS; waits++) {
        long receive[6] = {socket, (long)message, sizeof message, MSG_DONTWAIT, 0, 0};
        long got = call2(SYS_SOCKETCALL, SOCKETCALL_RECVFROM, (long)receive);
        if (got == IP_HEADER + ECHO_BYTES && message[IP_HEADER] == ECHO_REQUEST && message[IP_HEADER + 7] == LAST_REQUEST) return 1;
        if (got < 0) pause_shortly();
    }
    return 0;
}

static void check_network(const char *address, const char *peer) {
    long arguments[3] = {AF_INET, SOCK_RAW, IPPROTO_ICMP};
    long socket = call2(SYS_SOCKETCALL, SOCKETCALL_SOCKET, (long)arguments);
    check("init: the network card takes an address", socket >= 0 && configure(socket, parse_address(address)));
    // Why another: requests that come while echoes are waited for lie here.
    long listener = call2(SYS_SOCKETCALL, SOCKETCALL_SOCKET, (long)arguments);
    int right = 1;
    for (int number = 1; number <= ECHOES; number++) right &= echoes(socket, parse_address(peer), number);
    check("init: the other end echoes", right);
    check("init: its pings are answered", last_request_comes(listener));
}
