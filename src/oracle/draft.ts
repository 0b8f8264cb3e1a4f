// A case in the making: registers, selectors, flags, stores and prefixes, each random until something sets it.
import {EFLAGS_ARITHMETIC, EFLAGS_DF, EFLAGS_FIXED, EFLAGS_IF, EFLAGS_TF} from '../x86/flags.ts';
import {CS, DS, EBP, ES, ESP, FS, GS, SS} from '../x86/registers.ts';
import type {Group} from './groups.ts';
import {Random} from './random.ts';
import {CODE, EXPAND_DOWN, LIMITED, PAGE, PAGES, READ_ONLY, segmentBase, STACK, USER_CS, USER_DS, WINDOW, type Patch} from './window.ts';

const BASED = [LIMITED, LIMITED, EXPAND_DOWN, READ_ONLY] as const;

/** Little-endian bytes of a value. */
export const little = (value: number, width: number): number[] => Array.from({length: width}, (_, at) => (value >>> (8 * at)) & 0xff);

export class Draft {
  readonly group: Group;
  readonly random: Random;
  readonly registers = new Int32Array(8);
  readonly segments = new Int32Array(6);
  readonly patches: Patch[] = [];
  eflags: number;
  reg: number;
  rm: number;
  opcode = 0;
  override = -1;
  addressSize: 2 | 4 = 4;
  /** Linear address of the memory operand. */
  at = 0;
  shiftCount = -1;

  constructor(group: Group, seed: number) {
    this.group = group;
    const random = new Random(seed);
    this.random = random;
    for (let n = 0; n < 8; n++) this.registers[n] = random.value();
    this.reg = group.row.extension >= 0 ? group.row.extension : random.below(8);
    this.rm = random.below(8);
    this.eflags = (random.word() & EFLAGS_ARITHMETIC) | EFLAGS_FIXED | EFLAGS_IF | (random.oneIn(3) ? EFLAGS_DF : 0);
    if (random.oneIn(32) && group.row.mnemonic !== 'CPUID') this.eflags |= EFLAGS_TF;
    this.#chooseSegments();
    this.registers[ESP] = this.stackSlot();
    if (random.oneIn(2)) this.registers[EBP] = this.stackSlot();
  }

  #chooseSegments(): void {
    const {random, segments} = this;
    segments[CS] = USER_CS;
    segments[SS] = random.oneIn(12) ? random.pick([LIMITED, EXPAND_DOWN]) : USER_DS;
    for (const segment of [ES, DS]) segments[segment] = random.oneIn(5) ? random.pick(BASED) : USER_DS;
    for (const segment of [FS, GS]) segments[segment] = random.oneIn(8) ? random.pick([0, USER_DS, USER_CS]) : random.pick(BASED);
  }

  /** An offset in SS: mostly well inside the stack, sometimes at the edges of its pages or of a limit. */
  stackSlot(): number {
    const {random} = this;
    const base = segmentBase(this.segments[SS]);
    if (!random.oneIn(6)) return STACK - base + random.between(0x400, 0x1b00) - (random.oneIn(4) ? 0 : random.below(2)) & ~(random.oneIn(4) ? 0 : 3);
    const edge = random.pick([0, PAGE, 2 * PAGE, 0x1f00, 2 * PAGE + 0x80]);
    return STACK - base + edge + random.between(-40, 40);
  }

  /** Where code may go on: an INT3 somewhere, or now and then nowhere. */
  landing(): number {
    const {random} = this;
    if (random.oneIn(12)) return 0x1000_0000 + random.below(0x0fff_0000);
    return CODE + random.pick([0x10, 0x900, 0x1100]) + random.below(0x500);
  }

  /** Bytes in memory before the case; what lies in pages that cannot be written stays as it is. */
  store(address: number, bytes: readonly number[]): void {
    const writable = (at: number): boolean => PAGES[(at - WINDOW) >> 12] === 'write';
    if (writable(address) && writable(address + bytes.length - 1)) this.patches.push({address, bytes});
  }

  /** Puts words of the operand size at the top of the stack. */
  storeStack(...words: readonly number[]): void {
    const address = (segmentBase(this.segments[SS]) + this.registers[ESP]) | 0;
    this.store(address, words.flatMap(word => little(word, this.group.operandSize)));
  }

  /** Gives the r/m operand a value. */
  storeRm(value: number, width: number): void {
    if (this.group.form === 'memory') this.store(this.at, little(value, width));
    else if (width === 4) this.registers[this.rm] = value;
    else if (width === 2) this.registers[this.rm] = (this.registers[this.rm] & ~0xffff) | (value & 0xffff);
    else {
      const shift = this.rm < 4 ? 0 : 8;
      this.registers[this.rm & 3] = (this.registers[this.rm & 3] & ~(0xff << shift)) | ((value & 0xff) << shift);
    }
  }

  /** The value of a general register in a width. */
  registerValue(n: number, width: number): number {
    if (width === 1) return (this.registers[n & 3] >> (n < 4 ? 0 : 8)) & 0xff;
    return width === 2 ? this.registers[n] & 0xffff : this.registers[n];
  }
}
