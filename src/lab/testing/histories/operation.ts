// One operation of a history, read out of a 32-bit number, so that histories are lists of numbers that shrink by themselves.
import {PDE_PS, PTE_A, PTE_D, PTE_G, PTE_P, PTE_U, PTE_W} from '../../../x86/paging.ts';
import {BEYOND, DATA, DIRECTORY_INDICES, KERNEL_TABLE, ROOTS, TABLE_INDICES, TABLES, WRITTEN_INDICES, type InstructionName} from './layout.ts';

export const KINDS = [
  'access', 'access', 'access', 'access', 'access', 'access', 'access', 'table', 'table', 'table', 'table', 'table', 'cr3', 'invlpg', 'mode', 'window',
] as const;
export const FLUSHES = ['invlpg', 'cr3', 'pge'] as const;
const WRITES: readonly InstructionName[] = ['write', 'write', 'write', 'write', 'writeByte', 'writeWord', 'or', 'exchange', 'storeTwo'];
const ACCESSES: readonly InstructionName[] = ['read', 'write', 'execute', 'read', 'write', 'or'];

/** The choices of one operation; each kind uses some of them. */
export interface Operation {
  readonly kind: (typeof KINDS)[number];
  readonly address: number;
  readonly access: InstructionName;
  readonly write: InstructionName;
  readonly user: boolean;
  readonly table: number;
  readonly index: number;
  /** For an entry of the kernel's table, of a directory, or of another table. */
  readonly value: (table: number) => number;
  readonly root: number;
  readonly flush: (typeof FLUSHES)[number];
  readonly mode: number;
  /** Stay where the last operations were: an access of what was just changed, a change of what was just accessed. */
  readonly again: boolean;
  readonly directory: boolean;
}

/** Draws choices from a number, one after the other. */
class Choices {
  #state: number;

  constructor(code: number) {
    this.#state = code >>> 0;
  }

  below(n: number): number {
    this.#state = (Math.imul(this.#state ^ (this.#state >>> 15), 0x2c1b_3c6d) + 0x9e37_79b9) >>> 0;
    return ((this.#state ^ (this.#state >>> 13)) >>> 0) % n;
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }
}

export function operation(code: number): Operation {
  const choices = new Choices(Math.floor(code / KINDS.length));
  return {
    kind: KINDS[code % KINDS.length],
    address: ((choices.of(DIRECTORY_INDICES) << 22) | (choices.of(TABLE_INDICES) << 12) | (choices.of(WRITTEN_INDICES) * 4)) >>> 0,
    access: choices.of(ACCESSES), write: choices.of(WRITES), user: choices.below(2) === 1,
    table: choices.of(TABLES), index: choices.of(WRITTEN_INDICES), value: valueOf(choices.below(2 ** 24)),
    root: choices.of(ROOTS), flush: choices.of(FLUSHES), mode: choices.below(8), again: choices.below(3) > 0, directory: choices.below(3) === 0,
  };
}

/** An entry: any frame, any rights; large and global only where the other machines must agree on it. */
const valueOf = (code: number) => (table: number): number => {
  const choices = new Choices(code);
  const root = ROOTS.includes(table);
  const rights = [PTE_W, PTE_U, PTE_A, PTE_D].reduce((bits, bit) => bits | (choices.below(3) > 0 ? bit : 0), choices.below(8) > 0 ? PTE_P : 0);
  const large = root && choices.below(6) === 0;
  const tables = root ? TABLES.filter(each => each !== KERNEL_TABLE) : TABLES;
  const which = choices.below(8);
  const frame = large && which < 5 ? 0 : which === 7 ? choices.of(BEYOND) : which > (root ? 1 : 4) ? choices.of(tables) : choices.of(DATA);
  return (frame << 12) | rights | (large ? PDE_PS : 0) | (table === KERNEL_TABLE && choices.below(2) === 1 ? PTE_G : 0);
};
