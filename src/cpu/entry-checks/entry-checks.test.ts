// Every rule of an entry broken once, by itself, from a state that enters: the entry must fail and name the rule.
import test from 'ava';
import {CR0_ET, CR0_NE, CR0_PE, CR0_PG} from '../../x86/control.ts';
import {DESCRIPTOR_GRANULARITY, DESCRIPTOR_PRESENT, DESCRIPTOR_S, TYPE_TSS_BUSY} from '../../x86/descriptors.ts';
import {DB, GP, NO_ERROR_CODE, PF, UD} from '../../x86/exceptions.ts';
import {EXIT_REASONS} from '../../x86/exit-reasons.ts';
import {EFLAGS_FIXED, EFLAGS_IF, EFLAGS_VM} from '../../x86/flags.ts';
import {CS, DS, ES, FS, GS, LDTR, SS, TR} from '../../x86/registers.ts';
import {enterNonRoot} from '../enter.ts';
import {EVENT_EXTERNAL, EVENT_HARDWARE_EXCEPTION, EVENT_NMI, EVENT_SOFTWARE_INTERRUPT, type GuestEvent} from '../exit-record.ts';
import {STOP_EXIT, STOP_REFUSED, type Cpu} from '../state.ts';
import {Bench} from '../testing/single.ts';
import {CONTROL_CHECKS, HOST_CHECKS} from './control-checks.ts';
import {GUEST_CHECKS} from './guest-checks.ts';
import {failedEntry} from './index.ts';
import {SEGMENT_CHECKS} from './segment-checks.ts';

const LDT = DESCRIPTOR_PRESENT | (2 << 8);

/** A processor whose state a VMM may enter: ring 0, paged, interrupts on, every table in use. */
function valid(): Cpu {
  const {cpu} = new Bench();
  cpu.cr0 = CR0_PE | CR0_ET | CR0_NE | CR0_PG;
  cpu.eflags = EFLAGS_FIXED | EFLAGS_IF;
  cpu.setSegment(TR, 0x18, 0, 0x67, DESCRIPTOR_PRESENT | (TYPE_TSS_BUSY << 8));
  cpu.setSegment(LDTR, 0x20, 0, 0x0f, LDT);
  return cpu;
}

const event = (type: number, vector: number, errorCode = NO_ERROR_CODE): GuestEvent => ({valid: true, type, vector, errorCode});
const rights = (segment: number, change: (attributes: number) => number) => (c: Cpu): void => { c.segAttributes[segment] = change(c.segAttributes[segment]); };
const withType = (segment: number, type: number) => rights(segment, attributes => (attributes & ~0xf00) | (type << 8));
const withDpl = (segment: number, dpl: number) => rights(segment, attributes => (attributes & ~0x6000) | (dpl << 13));
const limit = (segment: number, value: number) => (c: Cpu): void => { c.segLimit[segment] = value; };
const without = (segment: number, bit: number) => rights(segment, attributes => attributes & ~bit);

interface Broken {
  readonly rule: string;
  readonly change?: (c: Cpu) => void;
  readonly event?: GuestEvent;
}

const UNALIGNED = 0x1004;
const SEGMENTS = {DS, ES, FS, GS} as const;

const CONTROLS: readonly Broken[] = [
  {rule: 'there are at most four CR3-target values', change: c => { c.controls.cr3Targets = [1, 2, 3, 4, 5]; }},
  {rule: 'I/O bitmap A is a page of physical memory', change: ({controls}) => Object.assign(controls, {useIoBitmaps: true, ioBitmapA: UNALIGNED})},
  {rule: 'I/O bitmap B is a page of physical memory', change: ({controls}) => Object.assign(controls, {useIoBitmaps: true, ioBitmapB: 0x7fff_f000})},
  {rule: 'the MSR bitmaps are a page of physical memory', change: ({controls}) => Object.assign(controls, {useMsrBitmaps: true, msrBitmap: UNALIGNED})},
  {rule: 'the virtual-processor identifier is not 0', change: ({controls}) => Object.assign(controls, {enableVpid: true, vpid: 0})},
  {rule: 'the nested-paging root is a page of physical memory', change: ({controls}) => Object.assign(controls, {nestedPaging: true, nestedRoot: -4096})},
  {rule: 'unrestricted guest comes with nested paging', change: c => { c.controls.unrestrictedGuest = true; }},
  {rule: 'the type of the injected event is defined', event: event(1, 3)},
  {rule: 'the vector of the injected event fits its type', event: event(EVENT_NMI, 3)},
  {rule: 'the vector of the injected event fits its type', event: event(EVENT_HARDWARE_EXCEPTION, 32)},
  {rule: 'the injected event carries an error code just where its exception has one', event: event(EVENT_HARDWARE_EXCEPTION, GP)},
  {rule: 'the injected event carries an error code just where its exception has one', event: event(EVENT_HARDWARE_EXCEPTION, UD, 0)},
  {rule: 'the injected event carries an error code just where its exception has one', event: event(EVENT_EXTERNAL, PF, 0)},
  {rule: 'bits 31:16 of the injected error code are 0', event: event(EVENT_HARDWARE_EXCEPTION, PF, 0x10000)},
  {rule: 'the instruction behind an injected software event has 1 to 15 bytes', event: event(EVENT_SOFTWARE_INTERRUPT, 0x80)},
];

const HOST: readonly Broken[] = [
  {rule: 'host CR0 has PE, NE and PG set', change: c => { c.controls.host.cr0 &= ~CR0_NE; }},
  {rule: 'host CR4 has no reserved bit set', change: c => { c.controls.host.cr4 = 1 << 30; }},
  {rule: 'RPL and TI of the host selectors are 0', change: c => { c.controls.host.ds = 0x13; }},
  {rule: 'host CS is not null', change: c => { c.controls.host.cs = 0; }},
  {rule: 'host SS is not null', change: c => { c.controls.host.ss = 0; }},
  {rule: 'host TR is not null', change: c => { c.controls.host.tr = 0; }},
];

const GUEST: readonly Broken[] = [
  {rule: 'CR0 has NE set', change: c => { c.cr0 &= ~CR0_NE; }},
  {rule: 'CR0 has PE and PG set, for the guest is not unrestricted', change: c => { c.cr0 &= ~CR0_PG; }},
  {
    rule: 'CR0 has PG set only with PE',
    change(c) {
      Object.assign(c.controls, {unrestrictedGuest: true, nestedPaging: true});
      c.cr0 &= ~CR0_PE;
    },
  },
  {rule: 'CR4 has no reserved bit set', change: c => { c.cr4 = 1 << 30; }},
  {rule: 'RFLAGS has its reserved bits clear and bit 1 set', change: c => { c.eflags |= 1 << 15; }},
  {rule: 'RFLAGS has its reserved bits clear and bit 1 set', change: c => { c.eflags &= ~EFLAGS_FIXED; }},
  {
    rule: 'RFLAGS.VM is set only in protected mode',
    change(c) {
      Object.assign(c.controls, {unrestrictedGuest: true, nestedPaging: true});
      c.cr0 &= ~(CR0_PE | CR0_PG);
      c.eflags |= EFLAGS_VM;
    },
  },
  {rule: 'RFLAGS.IF is set for an injected external interrupt', change: c => { c.eflags &= ~EFLAGS_IF; }, event: event(EVENT_EXTERNAL, 0x20)},
  {rule: 'a guest in HLT is in ring 0', change: c => { c.halted = true; withDpl(SS, 3)(c); }},
  {rule: 'a guest in HLT blocks no events', change: c => { c.halted = true; c.shadow = true; }},
  {rule: 'into HLT nothing is injected but what wakes the processor', change: c => { c.halted = true; }, event: event(EVENT_HARDWARE_EXCEPTION, UD)},
  {rule: 'blocking by STI comes with RFLAGS.IF set', change: c => { c.shadow = true; c.eflags &= ~EFLAGS_IF; }},
  {rule: 'no external interrupt is injected while STI or MOV SS blocks it', change: c => { c.shadow = true; }, event: event(EVENT_EXTERNAL, 0x20)},
];

const SEGMENT: readonly Broken[] = [
  {rule: 'in virtual-8086 mode every segment has base selector * 16, limit 0xffff and rights 0xf3', change: c => { c.eflags |= EFLAGS_VM; }},
  {rule: 'TR does not name the LDT', change: c => { c.segSelector[TR] |= 4; }},
  {rule: 'LDTR does not name the LDT', change: c => { c.segSelector[LDTR] |= 4; }},
  {rule: 'SS and CS have the same RPL', change: c => { c.segSelector[SS] |= 3; }},
  {rule: 'CS is an accessed code segment', change: withType(CS, 10)},
  {rule: 'the DPL of CS is that of SS, or not above it if CS is conforming', change: withDpl(CS, 1)},
  {rule: 'the DPL of CS is that of SS, or not above it if CS is conforming', change: c => { withType(CS, 15)(c); withDpl(CS, 1)(c); }},
  {rule: 'SS is an accessed writable data segment', change: withType(SS, 1)},
  {rule: 'the DPL of SS is its RPL', change: c => { withDpl(SS, 1)(c); withDpl(CS, 1)(c); }},
  {rule: 'CS is no system segment', change: without(CS, DESCRIPTOR_S)},
  {rule: 'CS is present', change: without(CS, DESCRIPTOR_PRESENT)},
  {rule: 'the limit of CS fits its granularity', change: limit(CS, 0x1000)},
  {rule: 'SS is no system segment', change: without(SS, DESCRIPTOR_S)},
  {rule: 'SS is present', change: without(SS, DESCRIPTOR_PRESENT)},
  {rule: 'the limit of SS fits its granularity', change: without(SS, DESCRIPTOR_GRANULARITY)},
  ...Object.entries(SEGMENTS).flatMap(([name, segment]): Broken[] => [
    {rule: `${name} is accessed, and readable if it is code`, change: withType(segment, 2)},
    {rule: `${name} is accessed, and readable if it is code`, change: withType(segment, 9)},
    {rule: `the DPL of ${name} is not below its RPL`, change: c => { c.segSelector[segment] |= 3; }},
    {rule: `${name} is no system segment`, change: without(segment, DESCRIPTOR_S)},
    {rule: `${name} is present`, change: without(segment, DESCRIPTOR_PRESENT)},
    {rule: `the limit of ${name} fits its granularity`, change: limit(segment, 0x1000)},
  ]),
  {rule: 'TR is a present, busy task state segment', change: withType(TR, 9)},
  {rule: 'TR is a present, busy task state segment', change: without(TR, DESCRIPTOR_PRESENT)},
  {rule: 'the limit of TR fits its granularity', change: limit(TR, 0x10_0000)},
  {rule: 'LDTR is a present LDT', change: withType(LDTR, 9)},
  {rule: 'the limit of LDTR fits its granularity', change: rights(LDTR, attributes => attributes | DESCRIPTOR_GRANULARITY)},
  {rule: 'the limits of GDTR and IDTR have 16 bits', change: c => { c.gdtLimit = 0x10000; }},
];

function enter(c: Cpu, {change, event: injected}: Partial<Broken>): void {
  change?.(c);
  enterNonRoot(c, injected ?? null);
}

const failures = [
  ...[CONTROLS, HOST].flatMap((rows, at) => rows.map(row => ({...row, error: 7 + at}))), ...[...GUEST, ...SEGMENT].map(row => ({...row, error: 0})),
];
for (const [at, {rule, error, ...broken}] of failures.entries()) {
  const same = failures.slice(0, at).filter(each => each.rule === rule).length;
  test(`no entry unless ${rule}${same > 0 ? `, case ${same + 1}` : ''}`, t => {
    const cpu = valid();
    enter(cpu, broken);
    const named = error === 0 ? cpu.exit.entryFailure : cpu.refusal;
    t.true(named.endsWith(rule), named);
    t.is(cpu.stop, error === 0 ? STOP_EXIT : STOP_REFUSED);
    if (error === 0) t.is(cpu.exit.reason, EXIT_REASONS.INVALID_GUEST_STATE);
    else t.true(cpu.refusal.includes(`VM-instruction error ${error} `));
  });
}

test('every rule has a case that breaks it', t => {
  const rules = [...CONTROL_CHECKS, ...HOST_CHECKS, ...GUEST_CHECKS, ...SEGMENT_CHECKS].map(({rule}) => rule);
  t.deepEqual(rules.filter(rule => !failures.some(each => each.rule === rule)), []);
  t.is(new Set(rules).size, rules.length);
});

const ENTERS: ReadonlyArray<readonly [what: string, row: Partial<Broken>]> = [
  ['the plain state', {}],
  ['null data segments and a null LDT', {change: c => [DS, ES, FS, GS, LDTR].forEach(segment => c.setSegment(segment, 0, 0, 0, 0))}],
  ['ring 3', {change(c) {
    for (const segment of [CS, SS]) {
      c.segSelector[segment] |= 3;
      withDpl(segment, 3)(c);
    }
  }}],
  ['conforming code of ring 0 at CPL 3', {change(c) {
    for (const segment of [CS, SS]) c.segSelector[segment] |= 3;
    withDpl(SS, 3)(c);
    withType(CS, 15)(c);
  }}],
  ['readable code in DS', {change: withType(DS, 11)}],
  ['a data segment of bytes', {change: c => { limit(DS, 0xf_fffe)(c); without(DS, DESCRIPTOR_GRANULARITY)(c); }}],
  ['blocking by MOV SS with interrupts off', {change: c => Object.assign(c, {shadow: true, stackShadow: true, eflags: EFLAGS_FIXED})}],
  ['an unpaged unrestricted guest', {change(c) { Object.assign(c.controls, {unrestrictedGuest: true, nestedPaging: true}); c.cr0 &= ~CR0_PG; }}],
  ['an external interrupt', {event: event(EVENT_EXTERNAL, 0x20)}],
  ['a page fault', {event: event(EVENT_HARDWARE_EXCEPTION, PF, 7)}],
  ['a debug exception into HLT', {change: c => { c.halted = true; }, event: event(EVENT_HARDWARE_EXCEPTION, DB)}],
  ['a software interrupt of two bytes', {change: c => { c.controls.entryInstructionLength = 2; }, event: event(EVENT_SOFTWARE_INTERRUPT, 0x80)}],
];
for (const [what, {change, event: injected = null}] of ENTERS) {
  test(`entered: ${what}`, t => {
    const cpu = valid();
    change?.(cpu);
    t.false(failedEntry(cpu, injected), cpu.refusal || cpu.exit.entryFailure);
  });
}
