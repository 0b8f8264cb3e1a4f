// The protocols, from the Ethernet header up. All numbers in headers are big-endian.
#include "ip.h"
#include "checksum.h"
#include "memory.h"
#include "network.h"
#include "paravirt.h"

enum { TYPE_IP = 0x0800, TYPE_ARP = 0x0806, ARP_REQUEST = 1, ARP_REPLY = 2, PROTOCOL_ICMP = 1, PROTOCOL_UDP = 17, ECHO_REPLY = 0, ECHO_REQUEST = 8 };
#define OWN_ADDRESS 0x0A004D01u                 // 10.0.77.1
#define PEER_ADDRESS 0x0A004D02u                // 10.0.77.2
#define OWN_PORT 0x7773
#define IDENTIFIER 0x7773

struct __attribute__((packed)) ethernet { uint8_t to[6], from[6]; uint16_t type; };
struct __attribute__((packed)) arp {
    uint16_t hardware, protocol;
    uint8_t hardware_bytes, protocol_bytes;
    uint16_t operation;
    uint8_t from[6];
    uint32_t from_ip;
    uint8_t to[6];
    uint32_t to_ip;
};
struct __attribute__((packed)) ip { uint8_t version, service; uint16_t bytes, identification, fragment; uint8_t hops, protocol; uint16_t checksum; uint32_t from, to; };
struct __attribute__((packed)) icmp { uint8_t type, code; uint16_t checksum, identifier, sequence; };
struct __attribute__((packed)) udp { uint16_t from, to, bytes, checksum; };

static volatile bool peer_known;
static uint8_t peer[CARD_ADDRESS_BYTES];
static payload_reader *udp_reader, *icmp_reader;
static uint16_t identification;

static uint16_t big16(uint16_t value) { return (uint16_t)(value << 8 | value >> 8); }
static uint32_t big32(uint32_t value) { return __builtin_bswap32(value); }

static void *begin_frame(uint8_t *frame, const uint8_t *to, uint16_t type) {
    struct ethernet *header = (struct ethernet *)frame;
    memcpy(header->to, to, sizeof header->to);
    memcpy(header->from, network_address, sizeof header->from);
    header->type = big16(type);
    return header + 1;
}

static void send_arp(uint8_t *frame, const uint8_t *to, uint16_t operation) {
    struct arp *arp = begin_frame(frame, to, TYPE_ARP);
    *arp = (struct arp){
        .hardware = big16(1), .protocol = big16(TYPE_IP), .hardware_bytes = 6, .protocol_bytes = 4, .operation = big16(operation),
        .from_ip = big32(OWN_ADDRESS), .to_ip = big32(PEER_ADDRESS),
    };
    memcpy(arp->from, network_address, sizeof arp->from);
    if (operation == ARP_REPLY) memcpy(arp->to, to, sizeof arp->to);
    network_send(sizeof(struct ethernet) + sizeof *arp);
}

// An answer that finds no place to stand in is not given: who asked asks again.
static void take_arp(const struct arp *arp) {
    if (arp->to_ip != big32(OWN_ADDRESS) || arp->from_ip != big32(PEER_ADDRESS)) return;
    memcpy(peer, arp->from, sizeof peer);
    peer_known = true;
    uint8_t *frame = arp->operation == big16(ARP_REQUEST) ? network_buffer_at_once() : 0;
    if (!frame) return;
    send_arp(frame, peer, ARP_REPLY);
    network_kick();
}

static uint32_t pseudo_header(const struct ip *ip, uint32_t bytes) {
    return checksum_add(big16((uint16_t)bytes) + ((uint32_t)ip->protocol << 8), &ip->from, 8);
}

static void take_udp(const struct ip *ip, const struct udp *udp, uint32_t bytes) {
    uint32_t length = big16(udp->bytes);
    if (bytes < sizeof *udp || length < sizeof *udp || length > bytes || udp->to != big16(OWN_PORT)) return;
    if (udp->checksum && checksum_finish(checksum_add(pseudo_header(ip, length), udp, length)) != 0) return;
    if (udp_reader) udp_reader((const uint8_t *)(udp + 1), length - sizeof *udp);
}

static void take_icmp(const struct icmp *icmp, uint32_t bytes) {
    if (bytes < sizeof *icmp || icmp->type != ECHO_REPLY || icmp->identifier != big16(IDENTIFIER)) return;
    if (checksum_finish(checksum_add(0, icmp, bytes)) != 0) return;
    if (icmp_reader) icmp_reader((const uint8_t *)(icmp + 1), bytes - sizeof *icmp);
}

static void take_ip(const struct ip *ip, uint32_t room) {
    uint32_t bytes = big16(ip->bytes);
    if (room < sizeof *ip || ip->version != 0x45 || bytes < sizeof *ip || bytes > room || ip->to != big32(OWN_ADDRESS)) return;
    if (checksum_finish(checksum_add(0, ip, sizeof *ip)) != 0) return;
    if (ip->protocol == PROTOCOL_UDP) take_udp(ip, (const struct udp *)(ip + 1), bytes - sizeof *ip);
    if (ip->protocol == PROTOCOL_ICMP) take_icmp((const struct icmp *)(ip + 1), bytes - sizeof *ip);
}

void network_input(const uint8_t *frame, uint32_t bytes) {
    const struct ethernet *header = (const struct ethernet *)frame;
    if (bytes < sizeof *header) return;
    uint32_t room = bytes - sizeof *header;
    if (header->type == big16(TYPE_IP)) take_ip((const struct ip *)(header + 1), room);
    else if (header->type == big16(TYPE_ARP) && room >= sizeof(struct arp)) take_arp((const struct arp *)(header + 1));
}

static bool is_peer_known(void) { return peer_known; }

void ip_open(void) {
    static const uint8_t everybody[CARD_ADDRESS_BYTES] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    uint32_t flags = lock_interrupts();
    send_arp(network_buffer(), everybody, ARP_REQUEST);
    unlock_interrupts(flags);
    network_kick();
    network_wait(is_peer_known);
}

void udp_listen(payload_reader *reader) { udp_reader = reader; }
void icmp_listen(payload_reader *reader) { icmp_reader = reader; }

static struct ip *begin_ip(uint8_t *frame, uint8_t protocol, uint32_t bytes) {
    struct ip *ip = begin_frame(frame, peer, TYPE_IP);
    *ip = (struct ip){
        .version = 0x45, .bytes = big16((uint16_t)(sizeof *ip + bytes)), .identification = big16(identification++), .hops = 64, .protocol = protocol,
        .from = big32(OWN_ADDRESS), .to = big32(PEER_ADDRESS),
    };
    ip->checksum = checksum_finish(checksum_add(0, ip, sizeof *ip));
    return ip;
}

void udp_send(uint16_t port, uint32_t bytes, payload_writer *writer, uint32_t argument) {
    uint32_t flags = lock_interrupts(), length = sizeof(struct udp) + bytes;
    struct ip *ip = begin_ip(network_buffer(), PROTOCOL_UDP, length);
    struct udp *udp = (struct udp *)(ip + 1);
    *udp = (struct udp){.from = big16(OWN_PORT), .to = big16(port), .bytes = big16((uint16_t)length)};
    writer((uint8_t *)(udp + 1), bytes, argument);
    uint16_t checksum = checksum_finish(checksum_add(pseudo_header(ip, length), udp, length));
    udp->checksum = checksum ? checksum : 0xFFFF;
    network_send(sizeof(struct ethernet) + sizeof *ip + length);
    unlock_interrupts(flags);
}

void icmp_ping(uint16_t sequence, uint32_t bytes, payload_writer *writer, uint32_t argument) {
    uint32_t flags = lock_interrupts(), length = sizeof(struct icmp) + bytes;
    struct ip *ip = begin_ip(network_buffer(), PROTOCOL_ICMP, length);
    struct icmp *icmp = (struct icmp *)(ip + 1);
    *icmp = (struct icmp){.type = ECHO_REQUEST, .identifier = big16(IDENTIFIER), .sequence = big16(sequence)};
    writer((uint8_t *)(icmp + 1), bytes, argument);
    icmp->checksum = checksum_finish(checksum_add(0, icmp, length));
    network_send(sizeof(struct ethernet) + sizeof *ip + length);
    unlock_interrupts(flags);
}
