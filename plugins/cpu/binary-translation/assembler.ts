// A small assembler for the code that the translator makes: instruction bytes with labels, and a point beside every instruction.
import {CACHE_BASE} from './region.ts';
import type {Point} from './point.ts';

const GS_PREFIX = 0x65;
const words = (value: number): readonly number[] => [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24];

export const EAX = 0, ECX = 1, ESP = 4;

/** A place in the code that is not known yet. */
export interface Label {
  at: number;
}

interface Fixup {
  /** Where the displacement lies and how wide it is. */
  readonly at: number;
  readonly width: 1 | 4;
  /** A label of this code, or a linear address. */
  readonly to: Label | number;
}

/** Code before it has a place. */
export class Assembler {
  readonly bytes: number[] = [];
  readonly points: Array<{readonly at: number; readonly point: Point}> = [];
  readonly #fixups: Fixup[] = [];

  label(): Label {
    return {at: -1};
  }

  place(label: Label): void {
    label.at = this.bytes.length;
  }

  /** One instruction as bytes. */
  emit(point: Point, ...bytes: readonly number[]): void {
    this.points.push({at: this.bytes.length, point});
    this.bytes.push(...bytes);
  }

  /** MOV r32, GS:[address]. */
  load(point: Point, register: number, address: number): void {
    this.emit(point, GS_PREFIX, 0x8b, 0x05 | (register << 3), ...words(address));
  }

  /** MOV GS:[address], r32. */
  store(point: Point, address: number, register: number): void {
    this.emit(point, GS_PREFIX, 0x89, 0x05 | (register << 3), ...words(address));
  }

  /** MOV dword GS:[address], immediate. */
  set(point: Point, address: number, value: number): void {
    this.emit(point, GS_PREFIX, 0xc7, 0x05, ...words(address), ...words(value));
  }

  /** MOV r32, GS:[table + index * scale]. */
  loadFrom(point: Point, register: number, table: {readonly address: number; readonly index: number; readonly shift: number}): void {
    this.emit(point, GS_PREFIX, 0x8b, 0x04 | (register << 3), (table.shift << 6) | (table.index << 3) | 0x05, ...words(table.address));
  }

  push(point: Point, value: number): void {
    this.emit(point, 0x68, ...words(value));
  }

  /** PUSH dword GS:[address]. */
  pushFrom(point: Point, address: number): void {
    this.emit(point, GS_PREFIX, 0xff, 0x35, ...words(address));
  }

  /** POP dword GS:[address]. */
  popTo(point: Point, address: number): void {
    this.emit(point, GS_PREFIX, 0x8f, 0x05, ...words(address));
  }

  /** Any opcode that ends in a displacement relative to the next instruction: JMP, Jcc, LOOP, JCXZ. */
  relative(point: Point, opcode: readonly number[], to: Label | number, width: 1 | 4 = 4): number {
    this.emit(point, ...opcode);
    const at = this.bytes.length;
    this.#fixups.push({at, width, to});
    this.bytes.push(...(width === 4 ? [0, 0, 0, 0] : [0]));
    return at;
  }

  jump(point: Point, to: Label | number): number {
    return this.relative(point, [0xe9], to);
  }

  /** The code for a place in the cache. */
  finish(linear: number): Uint8Array {
    const code = Uint8Array.from(this.bytes);
    for (const {at, width, to} of this.#fixups) {
      const target = typeof to === 'number' ? to : linear + to.at;
      code.set(displacement(target, linear + at + width).slice(0, width), at);
    }
    return code;
  }
}

/** A displacement as it stands in a jump whose next instruction is at `next`. */
export const displacement = (target: number, next: number): readonly number[] => words((target - next) | 0);

export const isInCache = (linear: number): boolean => linear >>> 0 >= CACHE_BASE;
