// What a case leaves behind, by whomever it was run, and the 32 bits that stand for it in the committed answers: undefined
// flags and results are taken out first, and what is Linux's and not the processor's.
import {EFLAGS_RF} from '../x86/flags.ts';
import {DF, GP, PF, SS_FAULT, TS} from '../x86/exceptions.ts';
import {CS, ESP, SS} from '../x86/registers.ts';
import type {Case} from './groups.ts';
import {mix} from './random.ts';
import {partialOnFault, readsFrame, undefinedIn} from './undefined.ts';
import {PAGE} from './window.ts';

export interface Outcome {
  /** Exception that ended the case: 3 when it went on to an INT3. */
  readonly vector: number;
  readonly errorCode: number;
  readonly cr2: number;
  readonly eip: number;
  readonly registers: Int32Array;
  readonly eflags: number;
  /** In encoding order. */
  readonly segments: Int32Array;
  /** Words that changed: address, new value, address, new value ... */
  readonly stores: Int32Array;
}

/** Bits of a page fault's error code that the model has: present, write, user. NX processors add "instruction fetch". */
const PAGE_FAULT_BITS = 7;
const pushesError = (vector: number): boolean => vector === DF || (vector >= TS && vector <= PF);

/** The same outcome with everything gone that need not be equal. */
export function comparable(test: Case, outcome: Outcome): Outcome {
  const {vector} = outcome;
  const free = undefinedIn(test);
  const {mnemonic} = test.group.row;
  const partial = partialOnFault(mnemonic) && isFault(outcome);
  const registers = outcome.registers.map((value, n) => (partial && n !== ESP ? 0 : value));
  for (const [n, bits] of free.registers) registers[n] &= ~bits;
  return {
    vector, eip: outcome.eip, registers,
    errorCode: !pushesError(vector) ? 0 : vector === PF ? outcome.errorCode & PAGE_FAULT_BITS : outcome.errorCode & 0xffff,
    cr2: vector !== PF ? 0 : readsFrame(mnemonic) ? outcome.cr2 & -PAGE : outcome.cr2,
    eflags: outcome.eflags & ~(EFLAGS_RF | free.flags),
    segments: outcome.segments.map(withoutNullPrivilege),
    stores: free.memory || partial ? NOTHING : outcome.stores,
  };
}
const NOTHING = new Int32Array(0);

/** A null selector's RPL survives only until the next interrupt returns. Intel SDM vol. 2, IRET, "RETURN-TO-OUTER-PRIVILEGE-LEVEL". */
function withoutNullPrivilege(selector: number, segment: number): number {
  return segment !== CS && segment !== SS && selector < 4 ? 0 : selector;
}

/** FNV over words. */
export function digest(outcome: Outcome): number {
  let hash = 0x811c9dc5 | 0;
  const add = (word: number): void => { hash = Math.imul(hash ^ mix(word), 0x01000193); };
  for (const word of [outcome.vector, outcome.errorCode, outcome.cr2, outcome.eip, outcome.eflags]) add(word);
  for (const words of [outcome.registers, outcome.segments, outcome.stores]) for (let at = 0; at < words.length; at++) add(words[at]);
  return hash;
}

export const digestOf = (test: Case, outcome: Outcome): number => digest(comparable(test, outcome));
export const isFault = (outcome: Outcome): boolean => outcome.vector === GP || outcome.vector === PF || outcome.vector === SS_FAULT;

const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
const list = (words: Int32Array): string => [...words].map(hex).join(' ');

/** The lines that people read. */
export function describe(outcome: Outcome): string[] {
  const stores = outcome.stores.length > 16 ? `${list(outcome.stores.subarray(0, 16))} ... ${outcome.stores.length / 2} words` : list(outcome.stores);
  return [
    `vector ${outcome.vector} error ${outcome.errorCode.toString(16)} cr2 ${hex(outcome.cr2)} eip ${hex(outcome.eip)} eflags ${hex(outcome.eflags)}`,
    `eax-edi ${list(outcome.registers)}`, `es-gs ${[...outcome.segments].map(each => each.toString(16)).join(' ')}`, `stores ${stores}`,
  ];
}
