// What the masks decide: which page faults leave, and who owns which bits of CR0 and CR4.
// Intel SDM vol. 3C, 24.6.3 Exception Bitmap, 24.6.6 Guest/Host Masks and Read Shadows, 25.1.3 and 25.3.
import test from 'ava';
import {CR0_ET, CR0_MP, CR0_NE, CR0_PE, CR0_TS, CR4_PCE, CR4_PGE, CR4_TSD} from '../x86/control.ts';
import {GP, PF, PF_PRESENT, PF_USER, PF_WRITE} from '../x86/exceptions.ts';
import {EXIT_REASONS} from '../x86/exit-reasons.ts';
import {EAX} from '../x86/registers.ts';
import {ExecutionControls} from './controls.ts';
import {exceptionExits} from './nonroot.ts';
import {STOP_EXIT, type Cpu} from './state.ts';
import {Bench} from './testing/single.ts';

const PAGE_FAULTS: ReadonlyArray<readonly [what: string, bitmap: boolean, mask: number, match: number, code: number, exits: boolean]> = [
  ['with the bit set and no mask every one', true, 0, 0, PF_USER, true], ['with the bit clear and no mask none', false, 0, 0, PF_USER, false],
  ['not-present ones pass when only present ones match', true, PF_PRESENT, PF_PRESENT, PF_USER, false],
  ['present ones then leave', true, PF_PRESENT, PF_PRESENT, PF_PRESENT | PF_WRITE, true],
  ['with the bit clear those leave that do not match', false, PF_PRESENT, PF_PRESENT, PF_USER, true],
  ['a match outside the mask never holds', true, 0, PF_WRITE, PF_WRITE, false],
];
for (const [what, bitmap, pageFaultMask, pageFaultMatch, code, exits] of PAGE_FAULTS) {
  test(`page faults: ${what}`, t => {
    const controls = Object.assign(new ExecutionControls(), {exceptionBitmap: bitmap ? 1 << PF : 0, pageFaultMask, pageFaultMatch});
    t.is(exceptionExits(controls, PF, code), exits);
    t.false(exceptionExits(controls, GP, code));
  });
}

const BASE = CR0_PE | CR0_ET | CR0_NE;
const READ_CR0 = [0x0f, 0x20, 0xc0], WRITE_CR0 = [0x0f, 0x22, 0xc0], WRITE_CR4 = [0x0f, 0x22, 0xe0], SMSW = [0x0f, 0x01, 0xe0], LMSW = [0x0f, 0x01, 0xf0], CLTS = [0x0f, 0x06];

interface Row {
  readonly what: string;
  readonly code: readonly number[];
  readonly eax?: number;
  readonly cr0?: number;
  readonly masks: Partial<Pick<ExecutionControls, 'cr0Mask' | 'cr0Shadow' | 'cr4Mask' | 'cr4Shadow'>>;
  /** The qualification of a CR_ACCESS exit, or null where none happens. */
  readonly exit: number | null;
  readonly after?: (c: Cpu) => number;
  readonly is?: number;
}

const cr0 = (c: Cpu): number => c.cr0;
const eax = (c: Cpu): number => c.r[EAX];

const ROWS: readonly Row[] = [
  {what: 'a read shows the shadow in owned bits', code: READ_CR0, masks: {cr0Mask: CR0_NE | CR0_TS, cr0Shadow: CR0_TS}, exit: null, after: eax, is: CR0_PE | CR0_ET | CR0_TS},
  {what: 'SMSW too', code: SMSW, masks: {cr0Mask: CR0_NE | CR0_TS, cr0Shadow: CR0_TS}, exit: null, after: eax, is: CR0_PE | CR0_ET | CR0_TS},
  {what: 'a write of the shadow\'s own value changes no owned bit', code: WRITE_CR0, eax: CR0_PE | CR0_ET | CR0_MP, masks: {cr0Mask: CR0_NE}, exit: null, after: cr0, is: BASE | CR0_MP},
  {what: 'a write that would change the shadow leaves', code: WRITE_CR0, eax: BASE, masks: {cr0Mask: CR0_NE}, exit: 0},
  {what: 'CLTS of an owned bit that the shadow has set leaves', code: CLTS, cr0: BASE, masks: {cr0Mask: CR0_TS, cr0Shadow: CR0_TS}, exit: 2 << 4},
  {what: 'CLTS of an owned bit that the shadow has clear does nothing', code: CLTS, cr0: BASE | CR0_TS, masks: {cr0Mask: CR0_TS}, exit: null, after: cr0, is: BASE | CR0_TS},
  {what: 'CLTS of a bit of the guest\'s own clears it', code: CLTS, cr0: BASE | CR0_TS, masks: {cr0Mask: CR0_NE}, exit: null, after: cr0, is: BASE},
  {what: 'LMSW that would change an owned bit leaves with its operand', code: LMSW, eax: CR0_PE | CR0_TS, masks: {cr0Mask: CR0_TS}, exit: (3 << 4) | ((CR0_PE | CR0_TS) << 16)},
  {what: 'LMSW cannot clear PE, owned or not', code: LMSW, eax: 0, masks: {cr0Mask: CR0_PE, cr0Shadow: CR0_PE}, exit: null, after: cr0, is: BASE},
  {what: 'CR4: owned bits leave', code: WRITE_CR4, eax: CR4_PGE, masks: {cr4Mask: CR4_PGE}, exit: 4},
  {what: 'CR4: the guest\'s own do not', code: WRITE_CR4, eax: CR4_TSD | CR4_PCE, masks: {cr4Mask: CR4_PGE}, exit: null, after: c => c.cr4, is: CR4_TSD | CR4_PCE},
];

for (const {what, code, eax: value = 0, cr0: start = BASE, masks, exit, after, is} of ROWS) {
  test(what, t => {
    const bench = new Bench();
    const {cpu} = bench;
    Object.assign(cpu.controls, masks);
    cpu.cr0 = start;
    cpu.nonRoot = true;
    bench.run(code, {eax: value});
    t.is(cpu.stop === STOP_EXIT, exit !== null);
    if (exit !== null) t.deepEqual([cpu.exit.reason, cpu.exit.qualification], [EXIT_REASONS.CR_ACCESS, exit]);
    if (after && is !== undefined) t.is(after(cpu), is);
  });
}
