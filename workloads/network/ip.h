// ARP, IPv4, ICMP echo and UDP between this machine and one peer on the same wire (RFC 826, 791, 792, 768). No fragments, no options, no routes.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { MTU = 1500, IP_HEADER_BYTES = 20, ICMP_HEADER_BYTES = 8, UDP_HEADER_BYTES = 8 };

// Writes `bytes` bytes of a payload in place.
typedef void payload_writer(uint8_t *payload, uint32_t bytes, uint32_t argument);
// Hears of a payload that came in whole; interrupts are held off.
typedef void payload_reader(const uint8_t *payload, uint32_t bytes);

// Learns the peer's hardware address.
void ip_open(void);

// Hears of every datagram that comes to this machine's one port, and of the answers to pings.
void udp_listen(payload_reader *reader);
void icmp_listen(payload_reader *reader);

// Builds a datagram for a port of the peer, or a ping, and hands it to the card, which learns of it by network_kick.
void udp_send(uint16_t port, uint32_t bytes, payload_writer *writer, uint32_t argument);
void icmp_ping(uint16_t sequence, uint32_t bytes, payload_writer *writer, uint32_t argument);
