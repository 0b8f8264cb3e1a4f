// Checks on the guest's segment registers, in protected mode. Intel SDM vol. 3C, 26.3.1.2 Checks on Guest Segment Registers and
// 26.3.1.3 Checks on Guest Descriptor-Table Registers.
import {
  DESCRIPTOR_GRANULARITY, DESCRIPTOR_PRESENT, DESCRIPTOR_S, descriptorDpl, descriptorType, SELECTOR_TI, selectorRpl, TYPE_LDT, TYPE_TSS_16_BUSY, TYPE_TSS_BUSY,
} from '../../x86/descriptors.ts';
import {CS, DS, ES, FS, GS, LDTR, SS, TR} from '../../x86/registers.ts';
import {EFLAGS_VM} from '../../x86/flags.ts';
import type {Cpu} from '../state.ts';
import {check, type EntryCheck} from './row.ts';

/** A null selector leaves no rights: the register is unusable, and nothing is asked of it. */
const usable = (c: Cpu, segment: number): boolean => c.segAttributes[segment] !== 0;
const virtual8086 = (c: Cpu): boolean => (c.eflags & EFLAGS_VM) !== 0;
const type = (c: Cpu, segment: number): number => descriptorType(c.segAttributes[segment]);
const dpl = (c: Cpu, segment: number): number => descriptorDpl(c.segAttributes[segment]);
const has = (c: Cpu, segment: number, bit: number): boolean => (c.segAttributes[segment] & bit) !== 0;

/** Granularity says in what units the limit counts. */
function limitFits(c: Cpu, segment: number): boolean {
  const limit = c.segLimit[segment];
  return has(c, segment, DESCRIPTOR_GRANULARITY) ? (limit & 0xfff) === 0xfff : limit >>> 20 === 0;
}

const CODE_TYPES: ReadonlySet<number> = new Set([9, 11, 13, 15]), CONFORMING_FROM = 12;
const STACK_TYPES: ReadonlySet<number> = new Set([3, 7]);
/** Accessed; code besides readable. */
const isDataType = (t: number): boolean => (t & 1) !== 0 && ((t & 8) === 0 || (t & 2) !== 0);

/** What holds for every code or data segment that is usable. */
const common = (name: string, segment: number): readonly EntryCheck[] => [
  check(`${name} is no system segment`, c => virtual8086(c) || !usable(c, segment) || has(c, segment, DESCRIPTOR_S)),
  check(`${name} is present`, c => virtual8086(c) || !usable(c, segment) || has(c, segment, DESCRIPTOR_PRESENT)),
  check(`the limit of ${name} fits its granularity`, c => virtual8086(c) || !usable(c, segment) || limitFits(c, segment)),
];

const dataSegment = (name: string, segment: number): readonly EntryCheck[] => [
  check(`${name} is accessed, and readable if it is code`, c => virtual8086(c) || !usable(c, segment) || isDataType(type(c, segment))),
  check(`the DPL of ${name} is not below its RPL`, c => virtual8086(c) || !usable(c, segment) || c.controls.unrestrictedGuest
    || type(c, segment) >= CONFORMING_FROM || dpl(c, segment) >= selectorRpl(c.segSelector[segment])),
  ...common(name, segment),
];

/** Intel SDM vol. 3C, 26.3.1.2: in virtual-8086 mode every segment is what real mode would have. */
const REAL_MODE_RIGHTS = 0xf300;
const isReal = (c: Cpu, segment: number): boolean => c.segBase[segment] === c.segSelector[segment] << 4 && c.segLimit[segment] === 0xffff
  && c.segAttributes[segment] === REAL_MODE_RIGHTS;

export const SEGMENT_CHECKS = [
  check('in virtual-8086 mode every segment has base selector * 16, limit 0xffff and rights 0xf3', c =>
    !virtual8086(c) || [CS, SS, DS, ES, FS, GS].every(segment => isReal(c, segment))),
  check('TR does not name the LDT', c => (c.segSelector[TR] & SELECTOR_TI) === 0),
  check('LDTR does not name the LDT', c => !usable(c, LDTR) || (c.segSelector[LDTR] & SELECTOR_TI) === 0),
  check('SS and CS have the same RPL', c => virtual8086(c) || c.controls.unrestrictedGuest || selectorRpl(c.segSelector[SS]) === selectorRpl(c.segSelector[CS])),
  check('CS is an accessed code segment', c => virtual8086(c) || CODE_TYPES.has(type(c, CS)) || (c.controls.unrestrictedGuest && type(c, CS) === 3)),
  check('the DPL of CS is that of SS, or not above it if CS is conforming', c => virtual8086(c) || type(c, CS) === 3
    || (type(c, CS) >= CONFORMING_FROM ? dpl(c, CS) <= dpl(c, SS) : dpl(c, CS) === dpl(c, SS))),
  check('SS is an accessed writable data segment', c => virtual8086(c) || !usable(c, SS) || STACK_TYPES.has(type(c, SS))),
  check('the DPL of SS is its RPL', c => virtual8086(c) || !usable(c, SS) || c.controls.unrestrictedGuest || dpl(c, SS) === selectorRpl(c.segSelector[SS])),
  ...common('CS', CS),
  ...common('SS', SS),
  ...dataSegment('DS', DS), ...dataSegment('ES', ES), ...dataSegment('FS', FS), ...dataSegment('GS', GS),
  check('TR is a present, busy task state segment', c => [TYPE_TSS_BUSY, TYPE_TSS_16_BUSY].includes(type(c, TR)) && !has(c, TR, DESCRIPTOR_S)
    && has(c, TR, DESCRIPTOR_PRESENT)),
  check('the limit of TR fits its granularity', c => limitFits(c, TR)),
  check('LDTR is a present LDT', c => !usable(c, LDTR) || (type(c, LDTR) === TYPE_LDT && !has(c, LDTR, DESCRIPTOR_S) && has(c, LDTR, DESCRIPTOR_PRESENT))),
  check('the limit of LDTR fits its granularity', c => !usable(c, LDTR) || limitFits(c, LDTR)),
  check('the limits of GDTR and IDTR have 16 bits', c => c.gdtLimit >>> 16 === 0 && c.idtLimit >>> 16 === 0),
];
