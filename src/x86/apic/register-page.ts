// The page of registers, and the sets of vectors in it. Why a page as the manual lays it out: a processor that virtualizes the
// controller keeps its state in just such a page of memory, and the model can then be told to live there.
// Intel SDM vol. 3A, 10.4.1 The Local APIC Block Diagram and 10.8.4 Interrupt Acceptance for Fixed Interrupts.

const WORDS = 1024;
const VECTORS = 256;

export const NO_VECTOR = -1;

export type RegisterPage = Uint32Array;

export const newPage = (): RegisterPage => new Uint32Array(WORDS);

/** Index of a register. */
export const at = (offset: number): number => offset >>> 2;

/** Where a set keeps a vector: registers lie 16 bytes apart. */
const wordOf = (set: number, vector: number): number => at(set + (vector >>> 5) * 0x10);

export const hasVector = (page: RegisterPage, set: number, vector: number): boolean => (page[wordOf(set, vector)] & (1 << (vector & 31))) !== 0;

export function addVector(page: RegisterPage, set: number, vector: number): void {
  page[wordOf(set, vector)] |= 1 << (vector & 31);
}

export function removeVector(page: RegisterPage, set: number, vector: number): void {
  page[wordOf(set, vector)] &= ~(1 << (vector & 31));
}

/** The highest vector of a set, or NO_VECTOR. */
export function highestVector(page: RegisterPage, set: number): number {
  for (let first = VECTORS - 32; first >= 0; first -= 32) {
    const word = page[wordOf(set, first)];
    if (word !== 0) return first + 31 - Math.clz32(word);
  }
  return NO_VECTOR;
}
