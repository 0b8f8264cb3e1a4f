// The segment registers of a task that has just been switched to, with the checks of each: what fails is the new task's fault.
// Intel SDM vol. 3A, 7.3 Task Switching, table 7-1 Exception Conditions Checked During a Task Switch.
import {
  DESCRIPTOR_CODE, DESCRIPTOR_CONFORMING, DESCRIPTOR_PRESENT, DESCRIPTOR_READABLE, DESCRIPTOR_S, descriptorBase, descriptorDpl, descriptorLimit, descriptorType,
  SELECTOR_TI, selectorError, selectorRpl, TYPE_LDT,
} from '../x86/descriptors.ts';
import {NP, TS} from '../x86/exceptions.ts';
import {EFLAGS_VM} from '../x86/flags.ts';
import {CS, DS, ES, FS, GS, LDTR, SS} from '../x86/registers.ts';
import {raise} from './fault.ts';
import {checkStackSegment, isCode, loadParagraph, markAccessed, readDescriptor, type Descriptor} from './segmentation.ts';
import type {Cpu} from './state.ts';

/** @param selectors in encoding order @param external 1 when an event from outside the program switched: set in error codes */
export function loadTaskSegments(c: Cpu, selectors: readonly number[], ldt: number, external: number): void {
  const virtual = (c.eflags & EFLAGS_VM) !== 0;
  // Why first: until a register is loaded it holds no segment, and a fault shows the new task's selectors.
  selectors.forEach((selector, segment) => c.setSegment(segment, selector, 0, 0, 0));
  c.setSegment(LDTR, ldt, 0, 0, 0);
  c.setCpl(virtual ? 3 : selectorRpl(selectors[CS]));
  loadLocalTable(c, ldt, external);
  if (virtual) {
    selectors.forEach((selector, segment) => loadParagraph(c, segment, selector));
    return;
  }
  loadCode(c, selectors[CS], external);
  loadStack(c, selectors[SS], external);
  for (const segment of [ES, DS, FS, GS]) loadData(c, segment, {selector: selectors[segment], external});
}

function loadLocalTable(c: Cpu, selector: number, external: number): void {
  if ((selector & 0xfffc) === 0) return;
  const error = selectorError(selector) | external;
  if ((selector & SELECTOR_TI) !== 0) raise(c, TS, error);
  const {low, high} = readDescriptor(c, selector, TS, external);
  if ((high & DESCRIPTOR_S) !== 0 || descriptorType(high) !== TYPE_LDT || (high & DESCRIPTOR_PRESENT) === 0) raise(c, TS, error);
  c.setSegment(LDTR, selector, descriptorBase(low, high), descriptorLimit(low, high), high);
}

function put(c: Cpu, segment: number, selector: number, descriptor: Descriptor): void {
  const {low, high} = descriptor;
  c.setSegment(segment, selector, descriptorBase(low, high), descriptorLimit(low, high), high | markAccessed(c, descriptor));
}

function loadCode(c: Cpu, selector: number, external: number): void {
  const error = selectorError(selector) | external;
  if ((selector & 0xfffc) === 0) raise(c, TS, error);
  const descriptor = readDescriptor(c, selector, TS, external);
  const {high} = descriptor;
  const dpl = descriptorDpl(high);
  const level = (high & DESCRIPTOR_CONFORMING) !== 0 ? dpl <= c.cpl : dpl === c.cpl;
  if (!isCode(high) || !level) raise(c, TS, error);
  if ((high & DESCRIPTOR_PRESENT) === 0) raise(c, NP, error);
  put(c, CS, selector, descriptor);
}

function loadStack(c: Cpu, selector: number, external: number): void {
  if ((selector & 0xfffc) === 0) raise(c, TS, selectorError(selector) | external);
  put(c, SS, selector, checkStackSegment(c, selector, c.cpl, TS, external));
}

function loadData(c: Cpu, segment: number, {selector, external}: {selector: number; external: number}): void {
  if ((selector & 0xfffc) === 0) return;
  const error = selectorError(selector) | external;
  const descriptor = readDescriptor(c, selector, TS, external);
  const {high} = descriptor;
  const code = (high & DESCRIPTOR_CODE) !== 0;
  if ((high & DESCRIPTOR_S) === 0 || (code && (high & DESCRIPTOR_READABLE) === 0)) raise(c, TS, error);
  const conforming = code && (high & DESCRIPTOR_CONFORMING) !== 0;
  if (!conforming && Math.max(selectorRpl(selector), c.cpl) > descriptorDpl(high)) raise(c, TS, error);
  if ((high & DESCRIPTOR_PRESENT) === 0) raise(c, NP, error);
  put(c, segment, selector, descriptor);
}
