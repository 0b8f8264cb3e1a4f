// The Internet host as a peer, spoken to as RFC 826, 791, 792, 768, 862 and 863 say. Frames are written out by hand where a mistake on both sides
// could cancel out.
import test from 'ava';
import {checkSequence} from './check-sequence.ts';
import {InternetHost} from './host.ts';
import {checksum, datagram, ipFrame, ipPacket, PROTOCOL_UDP, udpMessage} from './packets.ts';
import {SteppedClock} from '../stepped-clock.ts';
import {Wire} from './wire.ts';

const GUEST = [0x52, 0x54, 0x00, 0x77, 0x73, 0x01], HOST = [0x52, 0x54, 0x00, 0x77, 0x73, 0x02];
const GUEST_IP = 0x0a004d01, HOST_IP = 0x0a004d02;
const ENDS = {from: {mac: Uint8Array.from(GUEST), ip: GUEST_IP}, to: {mac: Uint8Array.from(HOST), ip: HOST_IP}};

/** What a fresh host, or the one given, answers. */
function answers(frame: Uint8Array | readonly number[], host = new InternetHost()): number[][] {
  const sent: number[][] = [];
  host.receive(Uint8Array.from(frame), 0, {send: back => { sent.push([...back]); }, hertz: 1});
  return sent;
}

const udp = (to: number, payload: readonly number[]): Uint8Array =>
  ipFrame(PROTOCOL_UDP, udpMessage({from: 1000, to, payload: Uint8Array.from(payload)}, {from: GUEST_IP, to: HOST_IP}), ENDS);
const payloads = (frames: readonly number[][]): number[][] => frames.map(frame => [...datagram(ipPacket(Uint8Array.from(frame))!)!.payload]);
const u32 = (...words: readonly number[]): number[] => [...new Uint8Array(new Uint32Array(words).buffer)];

const ASK = [255, 255, 255, 255, 255, 255, ...GUEST, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1, ...GUEST, 10, 0, 77, 1, 0, 0, 0, 0, 0, 0, 10, 0, 77, 2];
test('RFC 826: who has 10.0.77.2 is answered to whoever asked', t => {
  t.deepEqual(answers(ASK), [[...GUEST, ...HOST, 8, 6, 0, 1, 8, 0, 6, 4, 0, 2, ...HOST, 10, 0, 77, 2, ...GUEST, 10, 0, 77, 1]]);
  t.deepEqual(answers(ASK.with(41, 3)), [], 'another address');
});

/** A ping with four bytes of data, its checksums worked out by hand: 4500+0020+4001+0a00+4d01+0a00+4d02 and 0800+1234+0001+dead+beef. */
const PING = [...HOST, ...GUEST, 8, 0, 0x45, 0, 0, 32, 0, 0, 0, 0, 64, 1, 0xcc, 0xda, 10, 0, 77, 1, 10, 0, 77, 2, 8, 0, 0x48, 0x2d, 0x12, 0x34, 0, 1, 0xde, 0xad, 0xbe, 0xef];
test('RFC 792: a ping is answered with its data; one with a wrong checksum is not', t => {
  const [pong] = answers(PING);
  t.deepEqual(pong.slice(34), [0, 0, 0x50, 0x2d, 0x12, 0x34, 0, 1, 0xde, 0xad, 0xbe, 0xef]);
  t.deepEqual(pong.slice(26, 34), [10, 0, 77, 2, 10, 0, 77, 1]);
  t.is(checksum(Uint8Array.from(pong.slice(14, 34))), 0);
  for (const at of [25, 37, 45]) t.deepEqual(answers(PING.with(at, PING[at] ^ 1)), [], String(at));
  t.deepEqual(answers([...PING, 0, 0, 0]).map(frame => frame.length), [46], 'padding behind the packet is none of it');
});

test('RFC 768: a datagram is taken with the right checksum or with none', t => {
  const good = udp(7, [1, 2, 3]);
  t.deepEqual(payloads(answers(good)), [[1, 2, 3]]);
  const bad = good.slice();
  bad[44] ^= 1;
  t.deepEqual(answers(bad), []);
  bad.set([0, 0], 40);
  t.is(answers(bad).length, 1);
});

test('what is discarded is added up in order, and the ledger starts anew', t => {
  const host = new InternetHost();
  answers(udp(9, u32(1, 2)), host);
  answers(udp(9, [3, 0, 0, 0, 4]), host);
  const digest = [1, 2, 3, 4].reduce((sum, word) => sum * 31 + word, 0);
  t.deepEqual(payloads(answers(udp(1009, []), host)), [u32(2, 13, digest)]);
  t.deepEqual(payloads(answers(udp(1009, []), host)), [u32(0, 0, 0)]);
});

test('the generator sends numbered datagrams whose words follow from number and place', t => {
  const got = payloads(answers(udp(19, u32(5, 2, 10))));
  const word = (number: number, place: number): number => (Math.imul(number, 0x9e3779b1) + Math.imul(place, 0x85ebca6b)) >>> 0;
  t.deepEqual(got, [5, 6].map(number => u32(number, word(number, 1), word(number, 2)).slice(0, 10)));
  t.deepEqual([answers(udp(19, u32(0, 2000, 10))), answers(udp(19, u32(0, 1, 2000))), answers(udp(19, [1]))], [[], [], []]);
});

test('packets that are for another, fragments, cut ones and unknown services have no answer', t => {
  const changed = (at: number, value: number): number[] => [...udp(7, [1])].with(at, value);
  t.deepEqual([changed(33, 9), changed(14, 0x46), changed(20, 0x20), changed(17, 200), [...udp(7, [1])].slice(0, 30), [...udp(8, [1])], []].flatMap(frame => answers(frame)), []);
});

test('IEEE 802.3, 3.2.9: the check sequence of known bytes', t => {
  t.deepEqual([...checkSequence(new TextEncoder().encode('123456789'))], [0x26, 0x39, 0xf4, 0xcb]);
});

test('a wire tells when a frame has left, and when one has arrived and waits', t => {
  const clock = new SteppedClock(1e9);
  const wire = new Wire([2, 0, 0, 0, 0, 1], {latencySeconds: 1e-6, bitsPerSecond: 1e9}, {clock, peer: {receive: (frame, at, {send}) => send(frame, at)}});
  const left: number[] = [];
  wire.send(new Uint8Array(1000), () => left.push(clock.now()));
  wire.send(new Uint8Array(1000), () => left.push(clock.now()));
  clock.advanceTo(5000);
  t.deepEqual([left, wire.received], [[], 0]);
  // 1,024 bytes with what is around a frame, there and back, and a microsecond each way.
  t.deepEqual([18_383, 18_384].map(at => wire.arrivalDue(at)), [false, true]);
  clock.advanceTo(20_000);
  t.deepEqual([left, wire.received, wire.arrivalDue(20_000)], [[8192, 16_384], 1, false]);
});
