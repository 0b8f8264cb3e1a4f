// The control and status registers: what may be written when, starting and stopping, and the interrupt pin. AMD 19436, Control and Status
// Registers.
import type {BusMaster, Line} from '../bus.ts';
import type {MacAddress} from '../network/wire.ts';
import type {Ring} from './descriptor.ts';
import {readInitBlock} from './init-block.ts';
import * as R from './registers.ts';
import type {Transmitter} from './transmit.ts';

export interface ControlParts {
  /** From the PROM. */
  readonly address: MacAddress;
  readonly csr: Uint16Array;
  readonly bcr: Uint16Array;
  readonly memory: BusMaster;
  readonly receiveRing: Ring;
  readonly transmitRing: Ring;
  readonly transmitter: Transmitter;
  readonly pin: Line;
}

/** Written at any time; the others only while the chip is stopped or suspended, but for those that tell what the chip is and does. */
const ALWAYS: ReadonlySet<number> = new Set([R.MASKS, R.FEATURES, R.EXTENDED]);
const READ_ONLY: ReadonlySet<number> = new Set([R.RING_LENGTHS, R.CHIP_LOW, R.CHIP_HIGH, R.MISSED_COUNT]);

export class Control {
  readonly #parts: ControlParts;

  constructor(parts: ControlParts) {
    this.#parts = parts;
    this.reset();
  }

  /** A read of the reset register; bus configuration stays but for the style of structures, and the address is the PROM's again. */
  reset(): void {
    const {address, csr, bcr, transmitter} = this.#parts;
    transmitter.stop();
    csr.fill(0);
    csr[R.STATUS] = R.STOP;
    csr[R.FEATURES] = R.FEATURES_AT_RESET;
    for (let word = 0; word < 3; word++) csr[R.PHYSICAL_ADDRESS + word] = address[2 * word] | (address[2 * word + 1] << 8);
    csr[R.CHIP_LOW] = R.CHIP_ID & 0xffff;
    csr[R.CHIP_HIGH] = R.CHIP_ID >>> 16;
    bcr[R.STYLE] = R.PCNET_REGISTERS;
    this.update();
  }

  get receiving(): boolean {
    const {csr} = this.#parts;
    return (csr[R.STATUS] & R.RECEIVE_ON) !== 0 && (csr[R.EXTENDED] & R.SUSPEND) === 0;
  }

  raise(causes: number, features = 0): void {
    const {csr} = this.#parts;
    csr[R.STATUS] |= causes;
    csr[R.FEATURES] |= features;
    this.update();
  }

  read(index: number): number {
    const {csr, bcr, receiveRing, transmitRing} = this.#parts;
    switch (index) {
      case R.STATUS: return (csr[R.STATUS] & R.ERRORS) !== 0 ? csr[R.STATUS] | R.ERROR : csr[R.STATUS];
      case R.BLOCK_LOW_ALIAS: case R.BLOCK_HIGH_ALIAS: return csr[index - R.BLOCK_LOW_ALIAS + R.BLOCK_LOW];
      case R.STYLE_ALIAS: return bcr[R.STYLE];
      case R.RECEIVE_COUNT: return receiveRing.left;
      case R.TRANSMIT_COUNT: return transmitRing.left;
      case R.RECEIVE_LENGTH: return -receiveRing.entries & 0xffff;
      case R.TRANSMIT_LENGTH: return -transmitRing.entries & 0xffff;
      default: return csr[index] ?? 0;
    }
  }

  write(index: number, value: number): void {
    const {csr} = this.#parts;
    if (index === R.STATUS) return this.#writeStatus(value);
    if (READ_ONLY.has(index) || (!ALWAYS.has(index) && !this.#isIdle())) return;
    if (index === R.FEATURES) this.#writeFeatures(value);
    else if (index === R.STYLE_ALIAS) this.writeStyle(value);
    else if (index === R.BLOCK_LOW_ALIAS || index === R.BLOCK_HIGH_ALIAS) csr[index - R.BLOCK_LOW_ALIAS + R.BLOCK_LOW] = value;
    else if (index === R.RECEIVE_LENGTH || index === R.TRANSMIT_LENGTH) this.#placeByHand(index, value);
    else if (index < csr.length) csr[index] = value;
    if (index === R.EXTENDED) this.#parts.transmitter.running = this.#mayTransmit();
    this.update();
  }

  /** Style 1, the ILACC's, has registers of its own; all but 0 have 32-bit structures. Only an idle chip takes another. */
  writeStyle(value: number): void {
    if (!this.#isIdle()) return;
    const style = value & 0xff;
    this.#parts.bcr[R.STYLE] = style | (style === 0 ? 0 : R.STRUCTURES_32) | (style === 1 ? 0 : R.PCNET_REGISTERS);
  }

  /** Drives the pin; the interrupt flag shows causes that are not masked. */
  update(): void {
    const {csr, pin} = this.#parts;
    const features = csr[R.FEATURES];
    const wanted = (csr[R.STATUS] & R.INTERRUPTING & ~csr[R.MASKS]) !== 0 || ((features & R.STARTED) !== 0 && (features & R.STARTED_MASK) === 0) || (features & R.USER) !== 0;
    csr[R.STATUS] = wanted ? csr[R.STATUS] | R.INTERRUPT : csr[R.STATUS] & ~R.INTERRUPT;
    pin(wanted && (csr[R.STATUS] & R.ENABLE) !== 0);
  }

  #isIdle(): boolean {
    const {csr} = this.#parts;
    return (csr[R.STATUS] & R.STOP) !== 0 || (csr[R.EXTENDED] & R.SUSPEND) !== 0;
  }

  /** Stopping wins over all else in the same write. */
  #writeStatus(value: number): void {
    const {csr, transmitter} = this.#parts;
    csr[R.STATUS] = (csr[R.STATUS] & ~(value & R.CAUSES) & ~R.ENABLE) | (value & R.ENABLE);
    if ((value & R.STOP) !== 0) this.#stop();
    else {
      if ((value & R.INIT) !== 0) this.#initialize();
      if ((value & R.START) !== 0) this.#start();
      if ((value & R.DEMAND) !== 0) transmitter.run();
    }
    this.update();
  }

  #stop(): void {
    const {csr, transmitter} = this.#parts;
    transmitter.stop();
    csr[R.STATUS] = R.STOP;
    csr[R.FEATURES] &= ~R.FEATURE_CAUSES;
  }

  #initialize(): void {
    const {csr, bcr, memory, receiveRing, transmitRing} = this.#parts;
    const style = bcr[R.STYLE], high = csr[R.BLOCK_HIGH] >>> 8;
    const block = readInitBlock(memory, (csr[R.BLOCK_HIGH] << 16 | csr[R.BLOCK_LOW]) >>> 0, (style & R.STRUCTURES_32) !== 0);
    csr[R.STATUS] = (csr[R.STATUS] & ~R.STOP) | R.INIT;
    if (block === null) return this.raise(R.MEMORY_ERROR);
    csr[R.MODE] = block.mode;
    for (let word = 0; word < 4; word++) csr[R.FILTER + word] = block.filter[2 * word] | (block.filter[2 * word + 1] << 8);
    for (let word = 0; word < 3; word++) csr[R.PHYSICAL_ADDRESS + word] = block.address[2 * word] | (block.address[2 * word + 1] << 8);
    receiveRing.place({...block.receive, style: style & 0xff, high});
    transmitRing.place({...block.transmit, style: style & 0xff, high});
    csr.set([block.receive.base & 0xffff, block.receive.base >>> 16], R.RECEIVE_BASE);
    csr.set([block.transmit.base & 0xffff, block.transmit.base >>> 16], R.TRANSMIT_BASE);
    csr[R.STATUS] |= R.INITIALIZED;
  }

  /** A driver may set the rings up by these registers in place of the block. */
  #placeByHand(index: number, value: number): void {
    const {csr, bcr, receiveRing, transmitRing} = this.#parts;
    const [ring, base] = index === R.RECEIVE_LENGTH ? [receiveRing, R.RECEIVE_BASE] : [transmitRing, R.TRANSMIT_BASE];
    ring.place({base: (csr[base] | (csr[base + 1] << 16)) >>> 0, entries: 0x1_0000 - value || 1, style: bcr[R.STYLE] & 0xff, high: csr[R.BLOCK_HIGH] >>> 8});
  }

  #start(): void {
    const {csr, transmitter} = this.#parts;
    const {[R.MODE]: mode} = csr;
    const on = ((mode & R.MODE_NO_TRANSMITTER) === 0 ? R.TRANSMIT_ON : 0) | ((mode & R.MODE_NO_RECEIVER) === 0 ? R.RECEIVE_ON : 0);
    csr[R.STATUS] = (csr[R.STATUS] & ~(R.STOP | R.TRANSMIT_ON | R.RECEIVE_ON)) | R.START | on;
    transmitter.running = this.#mayTransmit();
  }

  #mayTransmit(): boolean {
    const {csr} = this.#parts;
    return (csr[R.STATUS] & R.TRANSMIT_ON) !== 0 && (csr[R.EXTENDED] & R.SUSPEND) === 0;
  }

  #writeFeatures(value: number): void {
    const {csr} = this.#parts;
    const causes = csr[R.FEATURES] & R.FEATURE_CAUSES & ~value;
    csr[R.FEATURES] = (value & ~R.FEATURE_CAUSES & ~R.USER_COMMAND) | causes | ((value & R.USER_COMMAND) !== 0 ? R.USER : 0);
  }
}
