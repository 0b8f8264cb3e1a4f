// A quick look at the segments of an ordinary 32-bit guest, so that the rows are gone through only for others. Whatever passes here
// passes every row of segment-checks.ts; the tests of the rows hold it to that.
import {DESCRIPTOR_GRANULARITY, descriptorDpl, selectorRpl} from '../../x86/descriptors.ts';
import {EFLAGS_VM} from '../../x86/flags.ts';
import {CS, DS, ES, FS, GS, LDTR, SS, TR} from '../../x86/registers.ts';
import type {Cpu} from '../state.ts';

/** Present, S and type: code or data that has been accessed, and a busy task state segment. */
const KIND = 0x9f00, CODE = 0x9b00, DATA = 0x9300, BUSY_TSS = 0x8b00, LDT = 0x8200;

export function hasOrdinarySegments(c: Cpu): boolean {
  if ((c.eflags & EFLAGS_VM) !== 0 || (c.gdtLimit | c.idtLimit) >>> 16 !== 0) return false;
  const level = selectorRpl(c.segSelector[CS]);
  return isOf(c, CS, CODE, level) && isOf(c, SS, DATA, level) && selectorRpl(c.segSelector[SS]) === level
    && isData(c, DS) && isData(c, ES) && isData(c, FS) && isData(c, GS) && isSystem(c, TR, BUSY_TSS)
    && (c.segAttributes[LDTR] === 0 || isSystem(c, LDTR, LDT));
}

const isOf = (c: Cpu, segment: number, kind: number, dpl: number): boolean =>
  (c.segAttributes[segment] & KIND) === kind && descriptorDpl(c.segAttributes[segment]) === dpl && limitFits(c, segment);

const isData = (c: Cpu, segment: number): boolean => c.segAttributes[segment] === 0
  || ((c.segAttributes[segment] & KIND) === DATA && descriptorDpl(c.segAttributes[segment]) >= selectorRpl(c.segSelector[segment]) && limitFits(c, segment));

const isSystem = (c: Cpu, segment: number, kind: number): boolean =>
  (c.segAttributes[segment] & KIND) === kind && (c.segSelector[segment] & 4) === 0 && limitFits(c, segment);

function limitFits(c: Cpu, segment: number): boolean {
  const limit = c.segLimit[segment];
  return (c.segAttributes[segment] & DESCRIPTOR_GRANULARITY) !== 0 ? (limit & 0xfff) === 0xfff : limit >>> 20 === 0;
}
