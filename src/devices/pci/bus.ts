// PCI bus 0 behind configuration mechanism #1: an address latch at 0xCF8, its data at 0xCFC. PCI Local Bus Specification 2.2,
// 3.2.2.3.2 Software Generation of Configuration Transactions.
import type {Line, PortDevice, Width} from '../bus.ts';
import {floating} from '../port-bus.ts';
import type {PciFunction} from './function.ts';
import {COMMAND} from './registers.ts';

const ADDRESS = 0xcf8;
const RESET = 0xcf9;
const DATA = 0xcfc;
const ENABLE = 1 << 31;
const RESET_NOW = 0x04;

export interface Slot {
  readonly device: number;
  readonly function: number;
}

const numberOf = ({device, function: index}: Slot): number => (device << 3) | index;

export class PciBus {
  readonly device: PortDevice;
  readonly #functions = new Map<number, PciFunction>();
  readonly #reset: () => void;
  #address = 0;
  #resetControl = 0;

  /** @param reset the reset control register at 0xCF9 pulls it (Intel 82371SB, 2.5.5 RC) */
  constructor(reset: () => void) {
    this.#reset = reset;
    this.device = {
      ports: [[ADDRESS, ADDRESS + 3], [DATA, DATA + 3]],
      selects: port => port === ADDRESS,
      readPort: (port, width) => this.#read(port, width),
      writePort: (port, width, value) => this.#write(port, width, value),
    };
  }

  /** Plugs a function in and wires its INTA pin. */
  add(slot: Slot, pciFunction: PciFunction, interrupt: Line = () => {}): void {
    const number = numberOf(slot);
    if (this.#functions.has(number)) throw new Error(`Two functions in PCI slot ${slot.device}.${slot.function}`);
    this.#functions.set(number, pciFunction);
    pciFunction.interrupt = interrupt;
  }

  /** Takes a function out: it decodes nothing more, and its slot is empty. */
  remove(slot: Slot): void {
    const gone = this.#functions.get(numberOf(slot));
    gone?.writeConfig(COMMAND, 2, 0);
    gone?.interrupt(false);
    this.#functions.delete(numberOf(slot));
  }

  /** Has another function answer to a slot's configuration accesses: what a VMM shows in place of the real one. */
  replace(slot: Slot, pciFunction: PciFunction): void {
    this.#functions.set(numberOf(slot), pciFunction);
  }

  get functions(): ReadonlyMap<number, PciFunction> {
    return this.#functions;
  }

  #read(port: number, width: Width): number {
    if (port >= DATA) return this.#selected()?.readConfig((this.#address & 0xfc) + (port - DATA), width) ?? floating(width);
    if (port === ADDRESS && width === 4) return this.#address >>> 0;
    return port === RESET && width === 1 ? this.#resetControl : floating(width);
  }

  /** Why: only a doubleword access reaches the latch; bytes pass it by, and one of them is the reset control register. */
  #write(port: number, width: Width, value: number): void {
    if (port >= DATA) this.#selected()?.writeConfig((this.#address & 0xfc) + (port - DATA), width, value);
    else if (port === ADDRESS && width === 4) this.#address = value & ~0x7f00_0003;
    else if (port === RESET && width === 1) this.#writeReset(value);
  }

  /** The machine is reset when the CPU reset bit goes from 0 to 1. */
  #writeReset(value: number): void {
    const rises = (value & RESET_NOW) !== 0 && (this.#resetControl & RESET_NOW) === 0;
    this.#resetControl = value & 0x06;
    if (rises) this.#reset();
  }

  #selected(): PciFunction | undefined {
    if ((this.#address & ENABLE) === 0 || (this.#address & 0x00ff_0000) !== 0) return undefined;
    return this.#functions.get((this.#address >>> 8) & 0xff);
  }
}
