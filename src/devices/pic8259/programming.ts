// The command words of one 8259A: ICW1 to ICW4 in their fixed order, OCW1 to OCW3 at any time, and what the two ports
// read. Intel 8259A datasheet (231468), "Programming the 8259A".
import type {Chip8259} from './chip.ts';
import {highest, NONE} from './priority.ts';

const ICW1 = 0x10;
const ICW1_IC4 = 0x01;
const ICW1_SNGL = 0x02;
const ICW1_LTIM = 0x08;
const ICW4_AEOI = 0x02;
const ICW4_SFNM = 0x10;
const OCW3 = 0x08;
const OCW3_RIS = 0x01;
const OCW3_RR = 0x02;
const OCW3_POLL = 0x04;
const OCW3_SMM = 0x20;
const OCW3_ESMM = 0x40;
const POLL_PENDING = 0x80;

/** What the next write to the odd port means. */
type Expected = 'OCW1' | 'ICW2' | 'ICW3' | 'ICW4';

export class Programming {
  readonly #chip: Chip8259;
  readonly #isMaster: boolean;
  #expected: Expected = 'OCW1';
  #icw1 = 0;
  #readInService = false;
  #poll = false;

  constructor(chip: Chip8259, role: 'master' | 'slave') {
    this.#chip = chip;
    this.#isMaster = role === 'master';
  }

  /** @param odd whether the port has A0 set */
  read(odd: boolean): number {
    if (this.#poll) return this.#pollWord();
    if (odd) return this.#chip.mask;
    return this.#readInService ? this.#chip.inService : this.#chip.requests;
  }

  write(odd: boolean, value: number): void {
    if (odd) this.#writeOdd(value);
    else if ((value & ICW1) !== 0) this.#initialize(value);
    else if ((value & OCW3) !== 0) this.#ocw3(value);
    else this.#ocw2(value);
    this.#chip.update();
  }

  #initialize(icw1: number): void {
    this.#icw1 = icw1;
    this.#expected = 'ICW2';
    this.#readInService = false;
    this.#poll = false;
    this.#chip.initialize((icw1 & ICW1_LTIM) !== 0);
  }

  #writeOdd(value: number): void {
    const chip = this.#chip;
    switch (this.#expected) {
      case 'OCW1':
        chip.mask = value;
        return;
      case 'ICW2':
        chip.vectorBase = value & 0xf8;
        return this.#expect((this.#icw1 & ICW1_SNGL) === 0 ? 'ICW3' : this.#afterIcw3());
      case 'ICW3':
        if (this.#isMaster) chip.slaves = value;
        else chip.identity = value & 7;
        return this.#expect(this.#afterIcw3());
      case 'ICW4':
        chip.automaticEoi = (value & ICW4_AEOI) !== 0;
        chip.specialFullyNested = (value & ICW4_SFNM) !== 0;
        return this.#expect('OCW1');
    }
  }

  #afterIcw3(): Expected {
    return (this.#icw1 & ICW1_IC4) !== 0 ? 'ICW4' : 'OCW1';
  }

  #expect(next: Expected): void {
    this.#expected = next;
    this.#chip.initialized = next === 'OCW1';
  }

  /** Bits 7 to 5 are R (rotate), SL (specific level) and EOI. */
  #ocw2(value: number): void {
    const chip = this.#chip;
    const rotate = (value & 0x80) !== 0;
    const level = value & 7;
    const inOrder = highest(chip.inhibiting, chip.lowest);
    switch (value >>> 5) {
      case 0b001:
      case 0b101:
        return chip.endOfInterrupt(inOrder, rotate);
      case 0b011:
      case 0b111:
        return chip.endOfInterrupt(level, rotate);
      case 0b000:
      case 0b100:
        chip.rotateOnAutomaticEoi = rotate;
        return;
      case 0b110:
        chip.lowest = level;
    }
  }

  #ocw3(value: number): void {
    if ((value & OCW3_ESMM) !== 0) this.#chip.specialMask = (value & OCW3_SMM) !== 0;
    this.#poll = (value & OCW3_POLL) !== 0;
    // The datasheet lets poll win when both are set; the choice of register then stays.
    if (!this.#poll && (value & OCW3_RR) !== 0) this.#readInService = (value & OCW3_RIS) !== 0;
  }

  /** The read after a poll command is the acknowledge. */
  #pollWord(): number {
    this.#poll = false;
    const level = this.#chip.acknowledge();
    return level === NONE ? 0 : POLL_PENDING | level;
  }
}
