// What a driver without rules may do with the e1000: rings of any place and size, descriptors of any kind, offloads that point past their frames.
import {E1000} from '../../../devices/e1000/card.ts';
import {MemoryBus} from '../../../devices/memory-bus.ts';
import {PortBus} from '../../../devices/port-bus.ts';
import {SteppedClock} from '../../../devices/stepped-clock.ts';
import type {Chance} from './chance.ts';
import {GUEST_BYTES, GuardedGuest} from './guarded-guest.ts';

const BASE = 0xfeb0_0000, SEND_RING = 0x4000, RECEIVE_RING = 0x5000, DATA = 0x1_0000;
const ADDRESS = [0x52, 0x54, 0x00, 0x77, 0x73, 0x01] as const;
const CTRL = 0, RESET = 0x0400_0000;
const END = 0x0100_0000, REPORT = 0x0800_0000, EXTENDED = 0x2000_0000;
const REGISTERS = [0x100, 0x400, 0x2800, 0x2804, 0x2808, 0x2810, 0x2818, 0x3800, 0x3804, 0x3808, 0x3810, 0x3818, 0, 0x10, 0x14, 0x20, 0xc4, 0xc8, 0xd0, 0x5400];

export class CardBench {
  readonly guest = new GuardedGuest();
  readonly clock = new SteppedClock(1_000_000_000);
  readonly #space = new MemoryBus();
  #sent: Uint8Array[] = [];
  readonly #card: E1000;

  constructor() {
    const port = {address: ADDRESS, full: false, whenRoom: () => {}, send: (frame: Uint8Array) => { this.#sent.push(frame); }};
    this.#card = new E1000({clock: this.clock, memory: this.guest.bus, space: this.#space, ports: new PortBus(), port});
    this.#card.pci.writeConfig(0x10, 4, BASE);
    this.#card.pci.writeConfig(4, 2, 7);
  }

  write(register: number, value: number): void {
    this.#space.write(BASE + register, 4, value);
  }

  descriptor(ring: number, index: number, [address, low, high]: readonly [number, number, number]): void {
    this.guest.put32(ring + index * 16, address);
    this.guest.put32(ring + index * 16 + 4, 0);
    this.guest.put32(ring + index * 16 + 8, low);
    this.guest.put32(ring + index * 16 + 12, high);
  }

  #sendRing(base = SEND_RING, bytes = 128): void {
    this.write(0x3800, base);
    this.write(0x3804, 0);
    this.write(0x3808, bytes);
    this.write(0x3810, 0);
    this.write(0x3818, 0);
    this.write(0x400, 2);
  }

  #receiveRing(base = RECEIVE_RING, tail = 7): void {
    this.write(0x2800, base);
    this.write(0x2804, 0);
    this.write(0x2808, 128);
    this.write(0x2810, 0);
    this.write(0x2818, tail);
    this.write(0x100, 0x0400_8002);
  }

  receive(length: number): void {
    this.#card.receive(Uint8Array.from({length}, (_, at) => ADDRESS[at] ?? at));
  }

  /** A reset mends the card: a rightful driver sends a frame as it is, and receives one. */
  get works(): boolean {
    this.write(CTRL, RESET);
    this.#sent = [];
    this.#sendRing();
    this.guest.put(DATA, Uint8Array.of(1, 2, 3, 4));
    this.descriptor(SEND_RING, 0, [DATA, 4 | END | REPORT, 0]);
    this.write(0x3818, 1);
    this.descriptor(RECEIVE_RING, 0, [DATA + 0x1000, 0, 0]);
    this.#receiveRing();
    this.receive(100);
    const sent = this.#sent.map(frame => frame.join()).join(' ');
    return sent === '1,2,3,4' && (this.guest.get32(RECEIVE_RING + 8) & 0xffff) === 100 && this.guest.get32(DATA + 0x1000) === 0x7700_5452;
  }

  noise(chance: Chance): void {
    this.write(CTRL, RESET);
    this.#sendRing(chance.once(6) ? chance.odd(GUEST_BYTES) : SEND_RING, chance.once(6) ? chance.word() : 128);
    for (let index = 0; index < 4; index++) this.#drawn(chance, index);
    for (let write = chance.below(3); write > 0; write--) this.write(chance.pick(REGISTERS), chance.once(2) ? chance.word() : chance.below(0x2000));
    this.write(0x3818, chance.once(6) ? chance.word() : chance.below(5));
    if (!chance.once(3)) return;
    for (let index = 0; index < 3; index++) this.descriptor(RECEIVE_RING, index, [chance.once(2) ? chance.odd(GUEST_BYTES) : DATA, chance.word(), chance.word()]);
    this.#receiveRing(chance.once(6) ? chance.odd(GUEST_BYTES) : RECEIVE_RING, chance.once(6) ? chance.word() : chance.below(8));
    if (chance.once(2)) this.write(0x100, chance.word() | 2);
    this.receive(chance.pick([0, 1, 14, 60, 100, 1514, 9000]));
  }

  /** A legacy, a context or a data descriptor, with lengths and offsets that need not fit. */
  #drawn(chance: Chance, index: number): void {
    const address = chance.once(4) ? chance.odd(GUEST_BYTES) : DATA + chance.below(0x1000);
    const type = chance.pick([0, EXTENDED, EXTENDED | 0x10_0000]);
    const length = chance.once(4) ? chance.below(0x1_0000) : chance.below(300);
    const commands = (chance.word() & (END | REPORT | 0x0700_0000)) >>> 0;
    const context = type === EXTENDED && !chance.once(4);
    const size = ((1 + chance.below(chance.once(4) ? 0x1_0000 : 300)) << 16) | (chance.below(256) << 8);
    this.descriptor(SEND_RING, index, [context ? chance.word() : address, (length | type | commands) >>> 0, context ? size : chance.word()]);
    if (context || chance.once(20)) this.guest.put32(SEND_RING + index * 16 + 4, chance.word() & (context ? 0xffff_ffff : 1));
  }
}
