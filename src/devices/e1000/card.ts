// The Intel 82540EM gigabit network card: a register file in memory (and through two ports), rings in guest memory, one interrupt pin.
// Intel PCI/PCI-X Family of Gigabit Ethernet Controllers Software Developer's Manual (317453).
//
// Simplification: the delay timers RDTR, RADV, TIDV and TADV are kept and have no effect; only the throttle ITR holds interrupts back.
import type {BusMaster, DeviceClock, MemoryDevice, PortDevice, Width} from '../bus.ts';
import type {MemoryBus} from '../memory-bus.ts';
import type {NetworkPort} from '../network/wire.ts';
import {PciFunction} from '../pci/function.ts';
import {Msi} from '../pci/msi.ts';
import {placer} from '../pci/placer.ts';
import type {PortBus} from '../port-bus.ts';
import {DescriptorRing} from './descriptor-ring.ts';
import {Eeprom} from './eeprom.ts';
import {Interrupts, LINK_CHANGED, PHY_DONE} from './interrupts.ts';
import {Phy} from './phy.ts';
import {Receiver} from './receive.ts';
import * as R from './registers.ts';
import {Transmitter} from './transmit.ts';

/** Where the card has its MSI capability. Simplification: those for power management and PCI-X are left out. */
const MSI = 0xf0;
const MEMORY_SIZE = 0x2_0000, PORTS_SIZE = 64;
const TRANSMIT_ENABLED = 2;
const MDIC_INTERRUPT = 1 << 29;
/** Registers a write leaves alone. */
const READ_ONLY: ReadonlySet<number> = new Set([R.STATUS, R.ICR]);

export interface CardParts {
  readonly clock: DeviceClock;
  readonly memory: BusMaster;
  readonly port: NetworkPort;
  readonly ports: PortBus;
  readonly space: MemoryBus;
}

export class E1000 implements MemoryDevice {
  readonly pci: PciFunction;
  readonly #registers = new Uint32Array(MEMORY_SIZE / 4);
  readonly #parts: CardParts;
  readonly #eeprom: Eeprom;
  #phy = new Phy();
  readonly #interrupts: Interrupts;
  readonly #transmitter: Transmitter;
  readonly #receiver: Receiver;
  #window = 0;

  constructor(parts: CardParts) {
    this.#parts = parts;
    this.#eeprom = new Eeprom(parts.port.address);
    this.pci = new PciFunction({vendor: 0x8086, device: 0x100e, revision: 3, classCode: 0x020000, subsystem: [0x8086, 0x001e], interrupts: true}, [
      {space: 'memory', size: MEMORY_SIZE, place: base => this.#placeMemory(base)},
      {space: 'io', size: PORTS_SIZE, place: placer(parts.ports, this.#portWindow())},
    ]);
    this.pci.messages = new Msi(this.pci, MSI, parts.memory);
    this.#interrupts = new Interrupts(parts.clock, level => this.pci.setInterrupt(level));
    const raise = (causes: number): void => this.#interrupts.raise(causes);
    const memory = this.#mastered();
    const ring = (baseLow: number, length: number, head: number, tail: number): DescriptorRing =>
      new DescriptorRing(memory, this.#registers, {baseLow, baseHigh: baseLow + 4, length, head, tail});
    this.#transmitter = new Transmitter({ring: ring(R.TDBAL, R.TDLEN, R.TDH, R.TDT), memory, wire: parts.port, send: frame => this.#send(frame), raise});
    this.#receiver = new Receiver({ring: ring(R.RDBAL, R.RDLEN, R.RDH, R.RDT), memory, registers: this.#registers, raise});
    this.#reset();
  }

  /** A frame has arrived on the wire. */
  receive(frame: Uint8Array): void {
    this.#receiver.accept(frame);
  }

  /** Why: the card knows doublewords; narrower reads get their part of one. */
  readMemory(offset: number, width: Width): number {
    const value = this.#read(offset & ~3);
    return ((value >>> (8 * (offset & 3))) & (width === 4 ? 0xffff_ffff : (1 << (8 * width)) - 1)) >>> 0;
  }

  writeMemory(offset: number, width: Width, value: number): void {
    if (width === 4 && (offset & 3) === 0) this.#write(offset, value);
  }

  #read(offset: number): number {
    if (offset === R.ICR) return this.#interrupts.take();
    if (offset === R.ICS || offset === R.IMC) return 0;
    if (offset === R.IMS) return this.#interrupts.mask >>> 0;
    if (offset === R.ITR) return this.#interrupts.throttle;
    if (offset === R.EECD) return this.#eeprom.pins;
    const value = this.#registers[offset >>> 2];
    if (offset >= R.STATISTICS && offset < R.STATISTICS_END) this.#registers[offset >>> 2] = 0;
    return value;
  }

  #write(offset: number, value: number): void {
    if (READ_ONLY.has(offset) || offset >= MEMORY_SIZE) return;
    switch (offset) {
      case R.CTRL: return this.#writeControl(value);
      case R.EECD:
        this.#eeprom.pins = value;
        return;
      case R.EERD: return this.#set(offset, this.#eeprom.read(value));
      case R.MDIC: return this.#manage(value);
      case R.ICS: return this.#interrupts.raise(value);
      case R.IMS: return this.#interrupts.enable(value);
      case R.IMC: return this.#interrupts.disable(value);
      case R.ITR:
        this.#interrupts.throttle = value;
        return;
      case R.TDLEN: case R.RDLEN: return this.#set(offset, value & 0xf_ff80);
      case R.TDH: case R.RDH: case R.RDT: return this.#set(offset, value & 0xffff);
      case R.TDT: case R.TCTL:
        this.#set(offset, offset === R.TDT ? value & 0xffff : value);
        return this.#transmit();
      default: return this.#set(offset, value);
    }
  }

  #set(offset: number, value: number): void {
    this.#registers[offset >>> 2] = value;
  }

  #writeControl(value: number): void {
    if ((value & R.CTRL_RESET) !== 0) return this.#reset();
    const linkSet = (value & R.CTRL_SLU) !== 0 && (this.#registers[R.CTRL >>> 2] & R.CTRL_SLU) === 0;
    this.#set(R.CTRL, value);
    if (linkSet) this.#interrupts.raise(LINK_CHANGED);
  }

  #manage(value: number): void {
    this.#set(R.MDIC, this.#phy.command(value));
    if ((value & MDIC_INTERRUPT) !== 0) this.#interrupts.raise(PHY_DONE);
  }

  #transmit(): void {
    if ((this.#registers[R.TCTL >>> 2] & TRANSMIT_ENABLED) !== 0) this.#transmitter.run();
  }

  #send(frame: Uint8Array): void {
    this.#registers[R.GOOD_SENT >>> 2]++;
    this.#parts.port.send(frame);
  }

  #reset(): void {
    this.#registers.fill(0);
    this.#phy = new Phy();
    this.#interrupts.reset();
    this.#transmitter.reset();
    this.#set(R.STATUS, R.STATUS_LINK);
    const {address} = this.#parts.port;
    this.#set(R.RECEIVE_ADDRESSES, (address[0] | (address[1] << 8) | (address[2] << 16) | (address[3] << 24)) >>> 0);
    this.#set(R.RECEIVE_ADDRESSES + 4, (address[4] | (address[5] << 8) | R.ADDRESS_VALID) >>> 0);
  }

  /** Memory as the card may master it: not before its bus-master bit is set. */
  #mastered(): BusMaster {
    const {memory} = this.#parts;
    return {
      read: (address, into) => this.pci.mayMaster && memory.read(address, into),
      write: (address, from) => this.pci.mayMaster && memory.write(address, from),
    };
  }

  #placeMemory(base: number | null): void {
    this.#parts.space.unmap(this);
    if (base !== null) this.#parts.space.map(base, MEMORY_SIZE, this);
  }

  /** 13.3: an address port and a data port reach the same registers. */
  #portWindow(): PortDevice {
    return {
      ports: [[0, PORTS_SIZE - 1]],
      readPort: (port, width) => (port === 0 ? this.#window : port === 4 ? this.readMemory(this.#window, width) : 0),
      writePort: (port, width, value) => {
        if (port === 0) this.#window = value % MEMORY_SIZE;
        else if (port === 4) this.writeMemory(this.#window, width, value);
      },
    };
  }
}
