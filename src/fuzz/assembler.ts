// A small assembler: one function for each form that the random guests' own kernel and the steps' fixed parts need. What it
// gives is an instruction as bytes with at most one place that an address of the program goes into.
import {EBP, ESP} from '../x86/registers.ts';

/** A place in an instruction that names a slot of the same body: so many slots on from this one. */
export interface SlotReference {
  readonly at: number;
  readonly size: 1 | 4;
  readonly forward: number;
  /** Counted from the end of the instruction; else a linear address. */
  readonly relative: boolean;
  /** Bytes into the slot. */
  readonly within?: number;
}

export interface Instruction {
  readonly bytes: readonly number[];
  readonly slot?: SlotReference;
  /** An immediate or displacement that a shrinker may make smaller: offset and bytes. */
  readonly free?: readonly [at: number, size: number];
}

export interface Memory {
  readonly base?: number;
  readonly displacement: number;
}

export function little(value: number, size: number): number[] {
  const bytes: number[] = [];
  for (let at = 0; at < size; at++) bytes.push((value >>> (8 * at)) & 0xff);
  return bytes;
}

/** ModRM with what follows it. */
export function operand(reg: number, {base, displacement}: Memory): number[] {
  if (base === undefined) return [(reg << 3) | 5, ...little(displacement, 4)];
  const sib = base === ESP ? [0x24] : [];
  if (displacement === 0 && base !== EBP) return [(reg << 3) | base, ...sib];
  const short = displacement >= -128 && displacement < 128;
  return [(short ? 0x40 : 0x80) | (reg << 3) | base, ...sib, ...little(displacement, short ? 1 : 4)];
}

export const code = (...bytes: number[]): Instruction => ({bytes});
export const at = (displacement: number): Memory => ({displacement});
export const based = (base: number, displacement = 0): Memory => ({base, displacement});

export const moveImmediate = (register: number, value: number): Instruction => ({bytes: [0xb8 | register, ...little(value, 4)], free: [1, 4]});
export const moveRegister = (to: number, from: number): Instruction => code(0x89, 0xc0 | (from << 3) | to);
export const load = (register: number, from: Memory): Instruction => code(0x8b, ...operand(register, from));
export const store = (to: Memory, register: number): Instruction => code(0x89, ...operand(register, to));
export const storeImmediate = (to: Memory, value: number): Instruction => code(0xc7, ...operand(0, to), ...little(value, 4));
/** The group of 81: 0 ADD, 1 OR, 4 AND, 5 SUB, 6 XOR, 7 CMP. */
export const immediateTo = (operation: number, register: number, value: number): Instruction => code(0x81, 0xc0 | (operation << 3) | register, ...little(value, 4));
export const immediateToMemory = (operation: number, to: Memory, value: number): Instruction => code(0x81, ...operand(operation, to), ...little(value, 4));
export const push = (register: number): Instruction => code(0x50 | register);
export const pop = (register: number): Instruction => code(0x58 | register);
export const pushImmediate = (value: number): Instruction => code(0x68, ...little(value, 4));
export const pushMemory = (from: Memory): Instruction => code(0xff, ...operand(6, from));
export const toSegment = (segment: number, register: number): Instruction => code(0x8e, 0xc0 | (segment << 3) | register);
export const toControl = (control: number, register: number): Instruction => code(0x0f, 0x22, 0xc0 | (control << 3) | register);
export const fromControl = (register: number, control: number): Instruction => code(0x0f, 0x20, 0xc0 | (control << 3) | register);
export const interrupt = (vector: number): Instruction => code(0xcd, vector);
export const out = (port: number): Instruction => code(0xe6, port);

export const PUSHA = code(0x60), POPA = code(0x61), PUSHF = code(0x9c), POPF = code(0x9d), IRET = code(0xcf), CLI = code(0xfa), STI = code(0xfb),
  CLD = code(0xfc), STD = code(0xfd), HLT = code(0xf4), NOP = code(0x90), RET = code(0xc3);

/** `mov dword [where], address of a slot`. */
export const storeSlot = (where: number, forward: number): Instruction => {
  const bytes = [0xc7, ...operand(0, at(where)), 0, 0, 0, 0];
  return {bytes, slot: {at: bytes.length - 4, size: 4, forward, relative: false}};
};
export const pushSlot = (forward: number): Instruction => ({bytes: [0x68, 0, 0, 0, 0], slot: {at: 1, size: 4, forward, relative: false}});
export const moveSlot = (register: number, forward: number): Instruction => ({bytes: [0xb8 | register, 0, 0, 0, 0], slot: {at: 1, size: 4, forward, relative: false}});
/** A jump or call with a relative operand of four bytes. */
export const toSlot = (opcode: readonly number[], forward: number): Instruction =>
  ({bytes: [...opcode, 0, 0, 0, 0], slot: {at: opcode.length, size: 4, forward, relative: true}});

/** Code with labels: the random guests' own kernel. */
export class Assembly {
  readonly #bytes: number[] = [];
  readonly #labels = new Map<string, number>();
  readonly #references: Array<{readonly at: number; readonly label: string}> = [];
  readonly #origin: number;

  constructor(origin: number) {
    this.#origin = origin;
  }

  add(...instructions: readonly Instruction[]): this {
    for (const {bytes} of instructions) this.#bytes.push(...bytes);
    return this;
  }

  label(name: string): this {
    this.#labels.set(name, this.#bytes.length);
    return this;
  }

  /** A jump or conditional jump to a label. */
  to(opcode: readonly number[], label: string): this {
    this.#bytes.push(...opcode, 0, 0, 0, 0);
    this.#references.push({at: this.#bytes.length - 4, label});
    return this;
  }

  address(label: string): number {
    const offset = this.#labels.get(label);
    if (offset === undefined) throw new Error(`no label '${label}'`);
    return this.#origin + offset;
  }

  bytes(): Uint8Array {
    const bytes = Uint8Array.from(this.#bytes);
    const view = new DataView(bytes.buffer);
    for (const {at, label} of this.#references) view.setInt32(at, this.address(label) - this.#origin - at - 4, true);
    return bytes;
  }
}

export const JUMP = [0xe9] as const;
/** JO, JNO, JB, ... by condition number. */
export const jumpIf = (condition: number): readonly number[] => [0x0f, 0x80 | condition];
export const BELOW = 2, ABOVE_OR_EQUAL = 3, EQUAL = 4, NOT_EQUAL = 5, ABOVE = 7;
