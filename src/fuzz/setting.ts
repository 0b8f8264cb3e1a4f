// What a random guest's machine is set up to be: drawn once, and made plainer by the shrinker where a failure does not need it.
import type {Random} from '../oracle/random.ts';
import {EFLAGS_IF, EFLAGS_IOPL} from '../x86/flags.ts';
import {CR0_NE, CR0_WP, CR4_PCE, CR4_PGE, CR4_PSE, CR4_TSD} from '../x86/control.ts';
import {PTE_G, PTE_P, PTE_U, PTE_W} from '../x86/paging.ts';
import {ALIAS_PAGES, DATA, DATA_PAGES, NO_MEMORY, ODD_GATES, PAGE} from './layout.ts';

export interface Setting {
  /** Count of the timer, 0 = it does not interrupt. */
  readonly timer: number;
  /** EFLAGS of the first kernel body: IF or none. */
  readonly kernelFlags: number;
  /** EFLAGS of the user program: IF and IOPL. */
  readonly userFlags: number;
  readonly cr0: number;
  readonly cr4: number;
  /** Vectors whose gate leaves IF alone. */
  readonly trapGates: readonly number[];
  /** Attribute bits of the gates of ODD_GATES: DPL and presence. */
  readonly oddGates: readonly number[];
  /** Page-table entries of the data pages, and of the alias pages in both address spaces. */
  readonly dataEntries: readonly number[];
  readonly aliasEntries: readonly (readonly number[])[];
  /** Rights of the large page. */
  readonly largeRights: number;
  /** Limit of the TSS: with the I/O permission map or without. */
  readonly tssLimit: number;
  /** Bytes of the I/O permission map. */
  readonly portMap: readonly number[];
}

const BOTH = PTE_P | PTE_W | PTE_U;
export const PORT_MAP_BYTES = 128;

export const PLAIN: Setting = {
  timer: 0, kernelFlags: 0, userFlags: 0, cr0: CR0_WP, cr4: CR4_PSE, trapGates: [], oddGates: ODD_GATES.map(() => 0xee00),
  dataEntries: Array.from({length: DATA_PAGES}, (_, n) => (DATA + n * PAGE) | BOTH),
  aliasEntries: [0, 1].map(() => Array.from({length: ALIAS_PAGES}, (_, n) => (DATA + (n % DATA_PAGES) * PAGE) | BOTH)),
  largeRights: BOTH, tssLimit: 0x67, portMap: Array.from({length: PORT_MAP_BYTES}, () => 0xff),
};

const rights = (random: Random): number => random.pick([BOTH, BOTH, BOTH, PTE_P | PTE_U, PTE_P | PTE_W, PTE_P, 0]);
const anyOf = (random: Random, bits: readonly number[]): number => bits.reduce((sum, bit) => sum | (random.oneIn(2) ? bit : 0), 0);

/** An entry of an alias page: a data frame, or now and then one where nothing answers. */
export const aliasEntry = (random: Random): number =>
  (random.oneIn(16) ? NO_MEMORY : DATA + random.below(DATA_PAGES) * PAGE) | rights(random);

export function drawSetting(random: Random): Setting {
  const interrupts = (): number => (random.oneIn(4) ? 0 : EFLAGS_IF);
  return {
    timer: random.oneIn(8) ? 0 : random.between(6, 60),
    kernelFlags: interrupts(), userFlags: interrupts() | random.pick([0, 0, EFLAGS_IOPL]),
    cr0: (random.oneIn(4) ? 0 : CR0_WP) | anyOf(random, [CR0_NE]), cr4: CR4_PSE | anyOf(random, [CR4_PGE, CR4_TSD, CR4_PCE]),
    trapGates: [...Array(20).keys(), 0x80, 0x83, 0x84].filter(() => random.oneIn(6)),
    oddGates: ODD_GATES.map(() => random.pick([0xee00, 0xef00, 0x8e00, 0x6e00, 0xae00, 0x0e00])),
    dataEntries: PLAIN.dataEntries.map((_, n) => (DATA + n * PAGE) | rights(random) | (random.oneIn(3) ? PTE_G : 0)),
    aliasEntries: PLAIN.aliasEntries.map(entries => entries.map(() => aliasEntry(random))),
    largeRights: rights(random), tssLimit: random.pick([0x67, 0x68 + PORT_MAP_BYTES, 0x68 + PORT_MAP_BYTES]),
    portMap: PLAIN.portMap.map(() => random.pick([0, 0xff, random.word() & 0xff])),
  };
}
