// The tables of a random guest, made before it starts: descriptors with odd segments among them, gates, task state segments,
// page tables. Intel SDM vol. 3A, 3.4.5 Segment Descriptors, 4.3 32-Bit Paging, 6.11 IDT Descriptors, 7.2.1 Task-State Segment.
import {PDE_PS, PTE_P, PTE_U, PTE_W} from '../x86/paging.ts';
import {little} from './assembler.ts';
import * as L from './layout.ts';
import {PORT_MAP_BYTES, type Setting} from './setting.ts';

export interface Piece {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** Access bytes: P, DPL, S and type. */
const CODE = 0x9a, DATA = 0x92, RING_3 = 0x60, RING_1 = 0x20, RING_2 = 0x40;
/** Flags nibble: granularity and size. */
const FLAT = 0xc, SMALL = 0x4;

export function descriptor(base: number, limit: number, access: number, flags: number): number[] {
  return [...little(limit, 2), ...little(base, 3), access, (flags << 4) | ((limit >>> 16) & 15), (base >>> 24) & 0xff];
}

const flat = (access: number): number[] => descriptor(0, 0xfffff, access, FLAT);

/** By index; what the odd ones are is told beside them. */
function globalDescriptors({tssLimit}: Setting): readonly (readonly number[])[] {
  return [
    descriptor(0, 0, 0, 0), flat(CODE), flat(DATA), flat(CODE | RING_3), flat(DATA | RING_3),
    descriptor(L.TSS_ONE, tssLimit, 0x89, 0), descriptor(L.TSS_TWO, tssLimit, 0x89, 0), descriptor(L.LDT, 31, 0x82, 0),
    /* 0x40 */ descriptor(L.DATA, 0xfff, DATA | RING_3, SMALL),
    /* 0x48 expands down */ descriptor(0, L.DATA + 0xfff, DATA | RING_3 | 4, SMALL),
    /* 0x50 conforming */ flat(CODE | 4),
    /* 0x58 not present */ descriptor(0, 0xfffff, (DATA | RING_3) & 0x7f, FLAT),
    /* 0x60 read only */ flat((DATA | RING_3) & ~2),
    /* 0x68 execute only */ flat((CODE | RING_3) & ~2),
    /* 0x70, 0x78 ring 1 */ flat(CODE | RING_1), flat(DATA | RING_1),
    /* 0x80 the first 64 KiB */ descriptor(0, 0xffff, CODE, SMALL),
    /* 0x88 likewise */ descriptor(0, 0xffff, DATA, SMALL),
    /* 0x90 ends amid the user program */ descriptor(0, L.BODIES.user + 0x7ff, CODE | RING_3, SMALL),
    /* 0x98 conforming in ring 3 */ flat(CODE | RING_3 | 4),
    /* 0xa0 wraps around */ descriptor(0xffff0000, 0xfffff, DATA | RING_3, FLAT),
    /* 0xa8 code not present */ flat(CODE & 0x7f),
    /* 0xb0 a reserved type */ descriptor(0, 0xfffff, 0x88, FLAT),
    /* 0xb8, 0xc0 ring 2 */ flat(CODE | RING_2), flat(DATA | RING_2),
    /* 0xc8 up to the end of the data pages */ descriptor(0, L.DATA + 0xffff, DATA | RING_3, SMALL),
    /* spare ones, for programs to write */ ...Array.from({length: L.DESCRIPTORS - L.SPARE_DESCRIPTOR}, () => flat(DATA | RING_3)),
  ];
}

const localDescriptors = (): readonly (readonly number[])[] =>
  [descriptor(0, 0, 0, 0), flat(DATA | RING_3), descriptor(L.DATA + 0x1000, 0x1fff, DATA | RING_3, SMALL), flat(CODE)];

function gate(setting: Setting, vector: number): number[] {
  const odd = L.ODD_GATES.indexOf(vector);
  const outer = vector === 3 || vector === 4 || (vector >= 0x80 && vector < 0x90);
  const kind = odd >= 0 ? setting.oddGates[odd] : (outer ? 0xee00 : 0x8e00) | (setting.trapGates.includes(vector) ? 0x100 : 0);
  const to = stub(vector);
  return [...little(to, 2), ...little(L.KERNEL_CS, 2), ...little(kind, 2), ...little(to >>> 16, 2)];
}

export const STUB_BYTES = 16;
export const stub = (vector: number): number => L.STUBS + vector * STUB_BYTES;

/** Stacks of rings 0, 1 and 2 and the I/O permission map. */
function taskState(top: number, {portMap}: Setting): number[] {
  const stacks = [0, top, L.KERNEL_DS, L.INNER_STACK_TOP, 0x79, L.INNER_STACK_TOP - 0x400, 0xc2];
  const words = Array.from({length: 25}, (_, at) => stacks[at] ?? 0);
  return [...words.flatMap(word => little(word, 4)), ...little(0x68 << 16, 4), ...portMap.slice(0, PORT_MAP_BYTES), 0xff];
}

const words = (values: readonly number[]): Uint8Array => new Uint8Array(Int32Array.from(values).buffer);
const EVERYBODY = PTE_P | PTE_W | PTE_U, SUPERVISOR = PTE_P | PTE_W;

/** The first 4 MiB: one to one, without the page tables. */
function firstTable({dataEntries}: Setting): Uint8Array {
  const supervisor = [L.GDT, L.IDT, L.KERNEL_CODE, L.STUBS, L.BODIES.first, L.BODIES.second, L.KERNEL_STACK_TOP, L.INNER_STACK_TOP, L.CONTROL];
  const everybody = [L.BODIES.user, L.USER_STACK_TOP, L.USER_CONTROL];
  const entries = Array.from({length: 1024}, () => 0);
  const map = (address: number, entry: number): void => { entries[address >>> 12] = (address & ~0xfff) | entry; };
  for (const address of supervisor) map(address, SUPERVISOR);
  for (const address of everybody) map(address, EVERYBODY);
  for (let at = 0; at < L.LOG_BYTES; at += L.PAGE) map(L.LOG + at, SUPERVISOR);
  dataEntries.forEach((entry, at) => { entries[(L.DATA >>> 12) + at] = entry; });
  return words(entries);
}

function directory(aliases: number, {largeRights}: Setting): Uint8Array {
  const entries = Array.from({length: 1024}, () => 0);
  entries[0] = L.FIRST_TABLE | EVERYBODY;
  entries[L.LARGE >>> 22] = L.LARGE_FRAME | largeRights | PDE_PS;
  entries[L.ALIAS >>> 22] = aliases | EVERYBODY;
  entries[L.WINDOW >>> 22] = L.WINDOW_TABLE | SUPERVISOR;
  return words(entries);
}

const TABLES: readonly number[] = [L.DIRECTORY_A, L.DIRECTORY_B, L.FIRST_TABLE, L.ALIAS_TABLE_A, L.ALIAS_TABLE_B];
const window = (): Uint8Array => words(Array.from({length: 64}, (_, page) => (TABLES.includes(page * L.PAGE) ? (page * L.PAGE) | SUPERVISOR : 0)));

/** Everything but code. */
export function tables(setting: Setting): Piece[] {
  const piece = (address: number, bytes: ArrayLike<number>): Piece => ({address, bytes: Uint8Array.from(bytes)});
  return [
    piece(L.GDT, globalDescriptors(setting).flat()), piece(L.LDT, localDescriptors().flat()),
    piece(L.IDT, Array.from({length: 256}, (_, vector) => gate(setting, vector)).flat()),
    piece(L.TSS_ONE, taskState(L.KERNEL_STACK_TOP, setting)), piece(L.TSS_TWO, taskState(L.KERNEL_STACK_TOP - 0x200, setting)),
    piece(L.DIRECTORY_A, directory(L.ALIAS_TABLE_A, setting)), piece(L.DIRECTORY_B, directory(L.ALIAS_TABLE_B, setting)),
    piece(L.FIRST_TABLE, firstTable(setting)), piece(L.WINDOW_TABLE, window()),
    piece(L.ALIAS_TABLE_A, words(setting.aliasEntries[0])), piece(L.ALIAS_TABLE_B, words(setting.aliasEntries[1])),
    piece(L.GDT_REGISTER, [...little(L.DESCRIPTORS * 8 - 1, 2), ...little(L.GDT, 4)]),
    piece(L.IDT_REGISTER, [...little(0x7ff, 2), ...little(L.IDT, 4)]), piece(L.SHORT_IDT_REGISTER, [...little(0x83 * 8 - 1, 2), ...little(L.IDT, 4)]),
    piece(L.LOG_AT, little(L.LOG, 4)),
  ];
}
