// Alignment checks: with CR0.AM and EFLAGS.AC, in ring 3 alone, before the page is looked at. Intel SDM vol. 3A, 6.15, Interrupt 17. The order
// against page faults is that of the processors at hand: a misaligned access to an absent page raises #AC.
import test from 'ava';
import {CR0_AM, CR0_ET, CR0_PE} from '../x86/control.ts';
import {AC} from '../x86/exceptions.ts';
import {EFLAGS_AC, EFLAGS_FIXED} from '../x86/flags.ts';
import {Bench} from './testing/single.ts';

interface Case {
  readonly code: readonly number[];
  readonly address: number;
  readonly am?: boolean;
  readonly ac?: boolean;
  readonly ring?: number;
  readonly faults: boolean;
}

const READ_4 = [0x8b, 0x03], READ_2 = [0x66, 0x8b, 0x03], READ_1 = [0x8a, 0x03], WRITE_4 = [0x89, 0x03], ADD_4 = [0x01, 0x03], EXCHANGE_8 = [0x0f, 0xc7, 0x0b], PUSH = [0x53];
const CASES: Readonly<Record<string, Case>> = {
  'a doubleword at an odd address': {code: READ_4, address: 0x2001, faults: true},
  'a doubleword at an even address': {code: READ_4, address: 0x2002, faults: true},
  'an aligned doubleword': {code: READ_4, address: 0x2004, faults: false},
  'a word at an odd address': {code: READ_2, address: 0x2001, faults: true},
  'an aligned word': {code: READ_2, address: 0x2002, faults: false},
  'a byte anywhere': {code: READ_1, address: 0x2003, faults: false},
  'a store': {code: WRITE_4, address: 0x2003, faults: true},
  'a read-modify-write': {code: ADD_4, address: 0x2002, faults: true},
  'a quadword at a doubleword': {code: EXCHANGE_8, address: 0x2004, faults: true},
  'an aligned quadword': {code: EXCHANGE_8, address: 0x2008, faults: false},
  'across pages': {code: READ_4, address: 0x2ffe, faults: true},
  'with CR0.AM clear': {code: READ_4, address: 0x2001, am: false, faults: false},
  'with EFLAGS.AC clear': {code: READ_4, address: 0x2001, ac: false, faults: false},
  'in ring 0': {code: READ_4, address: 0x2001, ring: 0, faults: false},
  'in ring 1': {code: READ_4, address: 0x2001, ring: 1, faults: false},
  'a push to a misaligned stack': {code: PUSH, address: 0x2000, faults: false},
};
for (const [what, {code, address, am = true, ac = true, ring = 3, faults}] of Object.entries(CASES)) {
  test(`alignment: ${what} ${faults ? 'raises #AC' : 'passes'}`, t => {
    const bench = new Bench();
    const {cpu} = bench;
    bench.catches = true;
    cpu.cr0 = CR0_PE | CR0_ET | (am ? CR0_AM : 0);
    bench.begin = c => {
      c.setCpl(ring);
      c.eflags = EFLAGS_FIXED | (ac ? EFLAGS_AC : 0);
    };
    bench.run(code, {ebx: address});
    t.is(bench.firstFault === AC, faults);
  });
}
