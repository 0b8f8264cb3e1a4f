// The small guest of the paging histories: 32 frames, its descriptors, one page of instructions to pick from, a stack, one
// fixed table that keeps these mapped, three frames that serve as directories and tables, and frames of data.
import {DESCRIPTOR_ACCESSED, DESCRIPTOR_CODE, DESCRIPTOR_DB, DESCRIPTOR_GRANULARITY, DESCRIPTOR_PRESENT, DESCRIPTOR_S, DESCRIPTOR_WRITABLE} from '../../../x86/descriptors.ts';
import {PF, UD} from '../../../x86/exceptions.ts';
import {PTE_A, PTE_P, PTE_U, PTE_W} from '../../../x86/paging.ts';

export const FRAMES = 32;
const CODE_FRAME = 1, STACK_FRAME = 2;
/** Maps the first 32 frames at linear 0; the guest never changes it. */
const FIXED_TABLE = 3;
/** Frames that CR3 may hold: two directories, and a table that is a directory as well. */
export const ROOTS: readonly number[] = [4, 5, 6];
const DIRECTORIES_ONLY: readonly number[] = [4, 5];
/** Tables: the last of them lies in the last frame of memory. The kernel's is in every directory and alone has global pages. */
export const KERNEL_TABLE = 8, LAST_TABLE = FRAMES - 1;
export const TABLES: readonly number[] = [...ROOTS, LAST_TABLE, KERNEL_TABLE];
export const DATA: readonly number[] = [9, 10, 11, 12, 13, 14, 15];
/** Frames without memory: a little above it, and far. */
export const BEYOND: readonly number[] = [0x7f, 0x7fff0];
/** What histories write to, and what is compared. */
export const CHANGING: readonly number[] = [FIXED_TABLE, ...TABLES, ...DATA];

/** Directory entries that histories use; the last is the kernel table's and stays. */
export const DIRECTORY_INDICES: readonly number[] = [256, 257, 768];
export const KERNEL_INDEX = 768;
/** Table entries that histories use: first, last, the two sides of a PAE half, and those that hold directory entries. */
export const TABLE_INDICES: readonly number[] = [0, 1, 256, 511, 512, 768, 1023];
/** Of these, what may be written in any table, whatever else the table is. */
export const WRITTEN_INDICES: readonly number[] = [1, 256, 257, 511, 512, 1023];

/** Instructions, each in a slot of its own, with EAX the value, EBX and EDI the address, ECX 2. */
export const INSTRUCTIONS = {
  read: [0x8b, 0x03], write: [0x89, 0x03], writeByte: [0x88, 0x03], writeWord: [0x66, 0x89, 0x03], or: [0x09, 0x03], exchange: [0x87, 0x03],
  storeTwo: [0xf3, 0xab], invlpg: [0x0f, 0x01, 0x3b], cr0: [0x0f, 0x22, 0xc0], cr3: [0x0f, 0x22, 0xd8], cr4: [0x0f, 0x22, 0xe0],
} as const;
export type InstructionName = keyof typeof INSTRUCTIONS | 'execute';

const SLOT = 16;
const NAMES = Object.keys(INSTRUCTIONS) as Array<keyof typeof INSTRUCTIONS>;
export const addressOf = (name: keyof typeof INSTRUCTIONS): number => CODE_FRAME * 4096 + NAMES.indexOf(name) * SLOT;
export const HANDLERS: Readonly<Record<number, number>> = {[PF]: CODE_FRAME * 4096 + 0x800, [UD]: CODE_FRAME * 4096 + 0x810};
/** Where a data frame holds an instruction to execute. */
export const EXECUTED_AT = 0xff0;
export const STACK_TOP = STACK_FRAME * 4096 + 0xff0;
export const GDT = 0x100, IDT = 0x200, TSS = 0x400, TSS_LIMIT = 0x67;
export const FLAT = DESCRIPTOR_PRESENT | DESCRIPTOR_S | DESCRIPTOR_ACCESSED | DESCRIPTOR_WRITABLE | DESCRIPTOR_DB | DESCRIPTOR_GRANULARITY;
export const RING_3 = 3 << 13;
const NOP = 0x90, HLT = 0xf4;

/** All of guest memory before a history begins. */
export function image(): Uint8Array {
  const bytes = new Uint8Array(FRAMES * 4096);
  const view = new DataView(bytes.buffer);
  const write32 = (at: number, value: number): void => view.setUint32(at, value >>> 0, true);
  for (const [index, high] of [FLAT | DESCRIPTOR_CODE, FLAT, FLAT | DESCRIPTOR_CODE | RING_3, FLAT | RING_3].entries()) {
    write32(GDT + (index + 1) * 8, 0xffff);
    write32(GDT + (index + 1) * 8 + 4, high | 0x000f_0000);
  }
  for (const [vector, handler] of Object.entries(HANDLERS)) {
    write32(IDT + Number(vector) * 8, (0x08 << 16) | (handler & 0xffff));
    write32(IDT + Number(vector) * 8 + 4, (handler & 0xffff_0000) | 0x8e00);
    bytes.set([NOP, HLT], handler);
  }
  write32(TSS + 4, STACK_TOP);
  write32(TSS + 8, 0x10);
  for (const name of NAMES) bytes.set([...INSTRUCTIONS[name], HLT], addressOf(name));
  for (const frame of DATA) bytes.set([NOP, HLT], frame * 4096 + EXECUTED_AT);
  for (let frame = 0; frame < FRAMES; frame++) write32(FIXED_TABLE * 4096 + frame * 4, (frame << 12) | PTE_P | (frame === CODE_FRAME ? PTE_U : PTE_W));
  for (const root of ROOTS) {
    write32(root * 4096, (FIXED_TABLE << 12) | PTE_P | PTE_W | PTE_U);
    // Why accessed: a global translation found in another address space spares the walk that would mark this one's entry.
    write32(root * 4096 + KERNEL_INDEX * 4, (KERNEL_TABLE << 12) | PTE_P | PTE_W | PTE_U | PTE_A);
  }
  const entry = (table: number, index: number, frame: number): void => write32(table * 4096 + index * 4, (frame << 12) | PTE_P | PTE_W | PTE_U);
  for (const root of ROOTS) {
    entry(root, DIRECTORY_INDICES[0], ROOTS[2]);
    entry(root, DIRECTORY_INDICES[1], root === ROOTS[1] ? ROOTS[2] : LAST_TABLE);
  }
  for (const table of TABLES.filter(each => !DIRECTORIES_ONLY.includes(each))) {
    WRITTEN_INDICES.filter(index => !DIRECTORY_INDICES.includes(index)).forEach((index, at) => entry(table, index, DATA[(table + at) % DATA.length]));
  }
  return bytes;
}
