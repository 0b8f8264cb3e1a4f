// The AMD Am79C970A (PCnet-PCI II), the card that a virtual machine had around 2001: an address port and data ports before a file of registers,
// rings in guest memory, one interrupt pin. It descends from the Am7990 LANCE. AMD 19436.
//
// Simplification: the chip does not look at its transmit ring of its own accord, every 1.6 ms as the real one does, but when it is asked to
// (TDMD). Drivers ask, for they would wait that long otherwise.
import type {BusMaster, MemoryDevice, PortDevice, Width} from '../bus.ts';
import type {MemoryBus} from '../memory-bus.ts';
import type {NetworkPort} from '../network/wire.ts';
import {PciFunction} from '../pci/function.ts';
import {placer} from '../pci/placer.ts';
import {floating, type PortBus} from '../port-bus.ts';
import {addressProm} from './address-prom.ts';
import {Control} from './control.ts';
import {Ring} from './descriptor.ts';
import {Receiver} from './receive.ts';
import * as R from './registers.ts';
import {Transmitter} from './transmit.ts';

const SIZE = 32, PROM_SIZE = 16, CSR_COUNT = 128;
/** Offsets of the registers, when they are words and when they are doublewords. */
const DATA = 0x10;
const WORDS = {address: 0x12, reset: 0x14, bus: 0x16} as const;
const DOUBLEWORDS = {address: 0x14, reset: 0x18, bus: 0x1c} as const;
const LATENCIES = 0x3e;

interface CardParts {
  readonly memory: BusMaster;
  readonly port: NetworkPort;
  readonly ports: PortBus;
  readonly space: MemoryBus;
}

export class Pcnet implements MemoryDevice {
  readonly pci: PciFunction;
  readonly #prom: Uint8Array;
  readonly #bcr = new Uint16Array(R.BCR_COUNT);
  readonly #control: Control;
  readonly #receiver: Receiver;
  #address = 0;

  constructor({memory, port, ports, space}: CardParts) {
    this.#prom = addressProm(port.address);
    this.pci = new PciFunction({vendor: 0x1022, device: 0x2000, revision: 0x10, classCode: 0x020000, interrupts: true}, [
      {space: 'io', size: SIZE, place: placer(ports, this.#ports())},
      {space: 'memory', size: SIZE, place: base => this.#placeMemory(space, base)},
    ]);
    this.pci.config.set([6, 0xff], LATENCIES);
    for (const [index, value] of Object.entries(R.BCR_AT_RESET)) this.#bcr[Number(index)] = value;
    const mastered: BusMaster = {
      read: (address, into) => this.pci.mayMaster && memory.read(address, into),
      write: (address, from) => this.pci.mayMaster && memory.write(address, from),
    };
    const csr = new Uint16Array(CSR_COUNT);
    const receiveRing = new Ring(mastered), transmitRing = new Ring(mastered);
    const raise = (causes: number, features?: number): void => this.#control.raise(causes, features);
    this.#receiver = new Receiver({ring: receiveRing, memory: mastered, csr, raise});
    const transmitter = new Transmitter({
      ring: transmitRing, memory: mastered, csr, wire: port, raise, loops: () => (csr[R.MODE] & R.MODE_LOOP) !== 0, loop: frame => this.receive(frame),
    });
    this.#control = new Control({address: port.address, csr, bcr: this.#bcr, memory: mastered, receiveRing, transmitRing, transmitter, pin: level => this.pci.setInterrupt(level)});
  }

  /** A frame has arrived on the wire. */
  receive(frame: Uint8Array): void {
    if (this.#control.receiving) this.#receiver.accept(frame);
  }

  /** An access of another width than the registers have reads ones. The address PROM takes any. */
  readMemory(offset: number, width: Width): number {
    if (offset < PROM_SIZE) return this.#readProm(offset, width);
    return width === this.#width ? this.#read(offset) : floating(width);
  }

  /** A doubleword written to the data register of a chip with word registers makes them doublewords. */
  writeMemory(offset: number, width: Width, value: number): void {
    if (width === 4 && offset === DATA && this.#width === 2) this.#bcr[R.BURST] |= R.WIDE;
    if (width === this.#width) this.#write(offset, value & 0xffff);
  }

  get #width(): 2 | 4 {
    return (this.#bcr[R.BURST] & R.WIDE) !== 0 ? 4 : 2;
  }

  get #offsets(): typeof WORDS | typeof DOUBLEWORDS {
    return this.#width === 4 ? DOUBLEWORDS : WORDS;
  }

  #readProm(offset: number, width: Width): number {
    let value = 0;
    for (let byte = 0; byte < width; byte++) value |= (this.#prom[offset + byte] ?? 0) << (8 * byte);
    return value >>> 0;
  }

  #read(offset: number): number {
    const {address, reset, bus} = this.#offsets;
    if (offset === DATA) return this.#control.read(this.#address);
    if (offset === address) return this.#address;
    if (offset === bus) return this.#readBus(this.#address);
    if (offset === reset) {
      this.#control.reset();
      this.#address = 0;
    }
    return 0;
  }

  #write(offset: number, value: number): void {
    const {address, bus} = this.#offsets;
    if (offset === DATA) this.#control.write(this.#address, value);
    else if (offset === address) this.#address = value & 0x7f;
    else if (offset === bus) this.#writeBus(this.#address, value);
  }

  /** The link's lamp is lit. */
  #readBus(index: number): number {
    return (this.#bcr[index] ?? 0) | (index === R.LINK_LED ? R.LINK_UP : 0);
  }

  /** The width of registers changes by a doubleword write only. */
  #writeBus(index: number, value: number): void {
    if (index === R.STYLE) this.#control.writeStyle(value);
    else if (index === R.BURST) this.#bcr[index] = (value & ~R.WIDE) | (this.#bcr[index] & R.WIDE);
    else if (index < R.BCR_COUNT) this.#bcr[index] = value;
  }

  #ports(): PortDevice {
    return {
      ports: [[0, SIZE - 1]],
      selects: port => port === this.#offsets.address,
      readPort: (port, width) => this.readMemory(port, width),
      writePort: (port, width, value) => this.writeMemory(port, width, value),
    };
  }

  #placeMemory(space: MemoryBus, base: number | null): void {
    space.unmap(this);
    if (base !== null) space.map(base, SIZE, this);
  }
}
