// What a driver without rules may do with the PCnet: blocks and rings of any place, size and style, descriptors of any kind, registers of either
// width written at any time.
import {Pcnet} from '../../../devices/pcnet/card.ts';
import {MemoryBus} from '../../../devices/memory-bus.ts';
import {PortBus} from '../../../devices/port-bus.ts';
import type {Chance} from './chance.ts';
import {GUEST_BYTES, GuardedGuest} from './guarded-guest.ts';

const PORTS = 0xc020, BLOCK = 0x3000, SEND_RING = 0x4000, RECEIVE_RING = 0x5000, DATA = 0x1_0000;
const ADDRESS = [0x52, 0x54, 0x00, 0x77, 0x73, 0x01] as const;
const STATUS = 0, MODE = 15, STYLE = 20;
const WHOLE = 0x8300_f000, OWNED = 0x8000_f000;
/** Initialize, start, stop, demand, and interrupts with them. */
const COMMANDS = [0x01, 0x02, 0x03, 0x04, 0x08, 0x41, 0x42, 0x48, 0x7f48];

export class PcnetBench {
  readonly guest = new GuardedGuest();
  readonly #ports = new PortBus();
  readonly #card: Pcnet;
  #sent: Uint8Array[] = [];
  #leaving: Array<() => void> = [];

  constructor() {
    const send = (frame: Uint8Array, sent?: () => void): void => {
      this.#sent.push(frame);
      if (sent) this.#leaving.push(sent);
    };
    this.#card = new Pcnet({memory: this.guest.bus, ports: this.#ports, space: new MemoryBus(), port: {address: ADDRESS, full: false, whenRoom: () => {}, send}});
    this.#card.pci.writeConfig(0x10, 4, PORTS);
    this.#card.pci.writeConfig(4, 2, 7);
  }

  /** Registers are words until somebody writes a doubleword. */
  get #isWide(): boolean {
    return this.#ports.read(PORTS + 0x12, 2) === 0xffff;
  }

  write(index: number, value: number, bus = false): void {
    const wide = this.#isWide, width = wide ? 4 : 2;
    this.#ports.write(PORTS + (wide ? 0x14 : 0x12), width, index);
    this.#ports.write(PORTS + (bus ? (wide ? 0x1c : 0x16) : 0x10), width, value);
  }

  #reset(): void {
    this.#ports.read(PORTS + (this.#isWide ? 0x18 : 0x14), this.#isWide ? 4 : 2);
  }

  /** A block with rings of four descriptors of 32 bits. */
  #start(receive: number, send: number): void {
    const {guest} = this;
    guest.put(BLOCK, Uint8Array.of(0, 0, 0x20, 0x20, ...ADDRESS, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    guest.put32(BLOCK + 20, receive);
    guest.put32(BLOCK + 24, send);
    this.write(STYLE, 2, true);
    this.write(1, BLOCK);
    this.write(2, 0);
    this.write(STATUS, 0x01);
    this.write(STATUS, 0x42);
  }

  #descriptor(ring: number, index: number, [address, flags]: readonly [number, number]): void {
    this.guest.put32(ring + index * 16, address);
    this.guest.put32(ring + index * 16 + 4, flags);
    this.guest.put32(ring + index * 16 + 8, 0);
  }

  receive(length: number): void {
    this.#card.receive(Uint8Array.from({length}, (_, at) => ADDRESS[at] ?? at));
  }

  #leave(): void {
    for (const left of this.#leaving.splice(0)) left();
  }

  /** A reset mends the card: a rightful driver sends a frame as it is, is told, and receives one. */
  get works(): boolean {
    this.#reset();
    this.#leaving = [];
    this.#sent = [];
    this.guest.put(DATA, Uint8Array.of(1, 2, 3, 4));
    for (let index = 1; index < 4; index++) this.#descriptor(SEND_RING, index, [0, 0]);
    this.#descriptor(SEND_RING, 0, [DATA, WHOLE | (-4 & 0xfff)]);
    this.#descriptor(RECEIVE_RING, 0, [DATA + 0x1000, OWNED | (-2048 & 0xfff)]);
    this.#start(RECEIVE_RING, SEND_RING);
    this.write(STATUS, 0x48);
    this.receive(100);
    this.#leave();
    const sent = this.#sent.map(frame => frame.join()).join(' ');
    return sent === '1,2,3,4' && this.guest.get32(SEND_RING + 4) >>> 31 === 0 && (this.guest.get32(RECEIVE_RING + 8) & 0xfff) === 104
      && this.guest.get32(DATA + 0x1000) === 0x7700_5452;
  }

  noise(chance: Chance): void {
    this.#reset();
    for (let index = 0; index < 4; index++) {
      this.#descriptor(SEND_RING, index, [this.#place(chance), chance.once(4) ? chance.word() : (OWNED | (chance.word() & 0x1300_0fff)) >>> 0]);
      this.#descriptor(RECEIVE_RING, index, [this.#place(chance), chance.once(4) ? chance.word() : (OWNED | chance.below(0x1000)) >>> 0]);
    }
    const [receive, send] = [RECEIVE_RING, SEND_RING].map(ring => (chance.once(6) ? chance.odd(GUEST_BYTES) : ring));
    this.#start(receive, send);
    for (let step = 1 + chance.below(8); step > 0; step--) this.#step(chance);
  }

  #place(chance: Chance): number {
    return chance.once(4) ? chance.odd(GUEST_BYTES) : DATA + chance.below(0x1000);
  }

  #step(chance: Chance): void {
    switch (chance.below(7)) {
      case 0: return this.write(chance.below(0x80), chance.word() & 0xffff);
      case 1: return this.write(chance.below(0x20), chance.word() & 0xffff, true);
      case 2: return this.write(MODE, chance.word() & 0xffff);
      case 3: return this.receive(chance.pick([0, 1, 14, 60, 100, 1514, 9000]));
      case 4: return this.#leave();
      case 5:
        if (chance.once(20)) this.#ports.write(PORTS + 0x10, 4, chance.word());
        return this.guest.put32(BLOCK + 4 * chance.below(7), chance.word());
      default: return this.write(STATUS, chance.pick(COMMANDS));
    }
  }
}
