// Hardware task switches: by JMP, CALL, IRET with NT set, and events through a task gate.
// Intel SDM vol. 3A, 7.3 Task Switching, 7.4 Task Linking; vol. 3C, 25.4.2 Treatment of Task Switches.
import {costNumber} from '../host/costs.ts';
import {CR0_PG, CR0_TS} from '../x86/control.ts';
import {DR6_BT, DR7_LOCAL} from '../x86/debug.ts';
import {DESCRIPTOR_PRESENT, DESCRIPTOR_S, descriptorBase, descriptorLimit, descriptorType, SELECTOR_TI, selectorError} from '../x86/descriptors.ts';
import {GP, NO_ERROR_CODE, NP, TS} from '../x86/exceptions.ts';
import {EXIT_REASONS} from '../x86/exit-reasons.ts';
import {EFLAGS_ALL, EFLAGS_FIXED, EFLAGS_NT} from '../x86/flags.ts';
import {CS, DS, ES, FS, GS, SS, TR} from '../x86/registers.ts';
import {TASK_STATE, TASK_STATE_16, type TaskStateLayout} from '../x86/task-state.ts';
import {raise} from './fault.ts';
import {EXPLICIT, materialize} from './flags.ts';
import {recordVectoring} from './nonroot.ts';
import {loadCr3} from './page-pointers.ts';
import {probeSystemWrite, readSystem, writeSystem} from './port.ts';
import {readDescriptor, type Descriptor} from './segmentation.ts';
import {EXIT} from './signal.ts';
import {beginFrame, pushWord, writeOnPresentStack} from './stack-frame.ts';
import type {Cpu} from './state.ts';
import {loadTaskSegments} from './task-segments.ts';

/** Who switches, as the exit qualification codes it. Intel SDM vol. 3C, table 27-2. */
export const FROM_CALL = 0, FROM_IRET = 1, FROM_JMP = 2, FROM_EVENT = 3;

export interface TaskSwitch {
  /** Of the new task state segment. */
  readonly selector: number;
  readonly source: number;
  /** 1 for events from outside the program: set in error codes. */
  readonly external: 0 | 1;
  /** To push on the new task's stack, or NO_ERROR_CODE. */
  readonly errorCode: number;
  /** EFLAGS_RF where the old task will resume at a fault. */
  readonly resume: number;
}

const AVAILABLE = [1, 9], BUSY = [3, 11], BUSY_BIT = 2, WIDE_BIT = 8;
const TYPE_BYTE = 5;

/** What a task state segment holds of a task. */
interface TaskImage {
  readonly eip: number;
  readonly eflags: number;
  readonly registers: readonly number[];
  readonly selectors: readonly number[];
  readonly ldt: number;
  readonly cr3: number;
  readonly traps: boolean;
}

/**
 * Switches tasks; the old task's EIP must be what it goes on with. Faults of the checks up to the commitment are the old task's, later ones the
 * new task's: then the instruction is over, and `cpu.committed` says so.
 */
export function switchTask(c: Cpu, task: TaskSwitch): void {
  const {selector, source, external, errorCode} = task;
  const descriptor = newTask(c, task);
  if (c.nonRoot && !c.controls.ringCompression) taskSwitchExit(c, selector, source);
  const layout = layoutOf(descriptor.high);
  const base = descriptorBase(descriptor.low, descriptor.high);
  const image = readImage(c, base, layout);
  const links = source === FROM_CALL || source === FROM_EVENT;
  prepare(c, base, descriptor, task);
  saveTask(c, task);
  if (links) writeSystem(c, base, 2, c.segSelector[TR]);
  if (source !== FROM_IRET) writeSystem(c, (descriptor.at + TYPE_BYTE) | 0, 1, ((descriptor.high >>> 8) & 0xff) | BUSY_BIT);
  c.setSegment(TR, selector, base, descriptorLimit(descriptor.low, descriptor.high), descriptor.high | (BUSY_BIT << 8));
  loadImage(c, image, {layout, nested: links});
  chargeSwitch(c, layout);
  commit(c);
  loadTaskSegments(c, image.selectors, image.ldt, external);
  if (image.eip >>> 0 > c.segLimit[CS]) raise(c, GP, external);
  if (errorCode !== NO_ERROR_CODE) pushErrorCode(c, errorCode, {external, width: layout.width});
  if (image.traps) c.trapLater(DR6_BT);
  c.committed = false;
}

/** The checks of the descriptor. Intel SDM vol. 3A, 7.3, table 7-1; vol. 2, the instructions' TASK-SWITCH parts. */
function newTask(c: Cpu, {selector, source, external}: TaskSwitch): Descriptor {
  const fault = source === FROM_IRET ? TS : GP;
  const error = selectorError(selector) | external;
  if ((selector & SELECTOR_TI) !== 0 || error <= 1) raise(c, fault, error);
  const descriptor = readDescriptor(c, selector, fault, external);
  const {low, high} = descriptor;
  const wanted = source === FROM_IRET ? BUSY : AVAILABLE;
  if ((high & DESCRIPTOR_S) !== 0 || !wanted.includes(descriptorType(high))) raise(c, fault, error);
  if ((high & DESCRIPTOR_PRESENT) === 0) raise(c, NP, error);
  if (descriptorLimit(low, high) < layoutOf(high).limit) raise(c, TS, error);
  return descriptor;
}

const layoutOf = (high: number): TaskStateLayout => ((descriptorType(high) & WIDE_BIT) !== 0 ? TASK_STATE : TASK_STATE_16);

function taskSwitchExit(c: Cpu, selector: number, source: number): never {
  const {exit} = c;
  exit.clear();
  exit.reason = EXIT_REASONS.TASK_SWITCH;
  exit.qualification = selector | (source << 30);
  recordVectoring(c);
  throw EXIT;
}

function readImage(c: Cpu, base: number, layout: TaskStateLayout): TaskImage {
  const {width} = layout;
  const word = (offset: number): number => readSystem(c, (base + offset) | 0, width);
  const selector = (offset: number): number => readSystem(c, (base + offset) | 0, 2);
  return {
    eip: word(layout.eip), eflags: word(layout.eflags),
    registers: Array.from({length: 8}, (_, n) => word(layout.registers + n * width)),
    selectors: Array.from({length: 6}, (_, n) => (n < layout.segmentCount ? selector(layout.segments + n * width) : 0)),
    ldt: selector(layout.ldt), cr3: layout.cr3 < 0 ? c.cr3 : word(layout.cr3), traps: layout.trap >= 0 && (selector(layout.trap) & 1) !== 0,
  };
}

/** Every page that will be written is translated for writing, so that nothing is half done when one faults. */
function prepare(c: Cpu, base: number, descriptor: Descriptor, {source, external}: TaskSwitch): void {
  const old = layoutOf(c.segAttributes[TR]);
  if (c.segLimit[TR] < old.limit) raise(c, TS, selectorError(c.segSelector[TR]) | external);
  probeSystemWrite(c, (c.segBase[TR] + old.eip) | 0, old.segments + old.segmentCount * old.width - old.eip);
  if (source === FROM_CALL || source === FROM_EVENT) probeSystemWrite(c, base, 2);
  if (source !== FROM_IRET) probeSystemWrite(c, (descriptor.at + TYPE_BYTE) | 0, 1);
  if (source === FROM_IRET || source === FROM_JMP) probeSystemWrite(c, oldTypeByte(c), 1);
}

const oldTypeByte = (c: Cpu): number => (c.gdtBase + (c.segSelector[TR] & 0xfff8) + TYPE_BYTE) | 0;

function saveTask(c: Cpu, {source, resume}: TaskSwitch): void {
  const layout = layoutOf(c.segAttributes[TR]);
  const {width} = layout;
  const save = (offset: number, value: number): void => writeSystem(c, (c.segBase[TR] + offset) | 0, width, width === 2 ? value & 0xffff : value);
  if (source === FROM_IRET || source === FROM_JMP) writeSystem(c, oldTypeByte(c), 1, readSystem(c, oldTypeByte(c), 1) & ~BUSY_BIT);
  save(layout.eip, c.eip);
  save(layout.eflags, (source === FROM_IRET ? materialize(c) & ~EFLAGS_NT : materialize(c)) | resume);
  for (let n = 0; n < 8; n++) save(layout.registers + n * width, c.r[n]);
  for (const segment of [ES, CS, SS, DS, FS, GS].slice(0, layout.segmentCount)) {
    writeSystem(c, (c.segBase[TR] + layout.segments + segment * width) | 0, 2, c.segSelector[segment]);
  }
}

function loadImage(c: Cpu, image: TaskImage, {layout, nested}: {layout: TaskStateLayout; nested: boolean}): void {
  c.cr0 |= CR0_TS;
  if (layout.cr3 >= 0 && (c.cr0 & CR0_PG) !== 0) loadCr3(c, image.cr3);
  c.eip = layout.width === 2 ? image.eip & 0xffff : image.eip;
  c.eflags = (image.eflags & EFLAGS_ALL) | EFLAGS_FIXED | (nested ? EFLAGS_NT : 0);
  c.flagKind = EXPLICIT;
  // Why kept: a 16-bit task has no upper halves, and the manual leaves open what becomes of them.
  const kept = layout.width === 2 ? 0xffff_0000 : 0;
  image.registers.forEach((value, n) => { c.r[n] = (c.r[n] & kept) | value; });
  c.dr7 &= ~DR7_LOCAL;
  c.singleStep = false;
  c.shadow = false;
  c.lookUp();
}

/** From here on the old task's instruction is done, whatever the new task's segments raise. */
function commit(c: Cpu): void {
  c.committed = true;
  c.block = null;
  c.limit = 0;
}

function pushErrorCode(c: Cpu, errorCode: number, {external, width}: {external: number; width: 2 | 4}): void {
  beginFrame(width);
  pushWord(errorCode);
  writeOnPresentStack(c, external, () => {});
}

/** Simplification: a task switch is charged as the loads it is made of; no source gives a price for the whole on these processors. */
function chargeSwitch(c: Cpu, {cr3, segmentCount}: TaskStateLayout): void {
  c.spend(costNumber.segment_load, segmentCount);
  c.spend(costNumber.descriptor_table, 2);
  if (cr3 >= 0 && (c.cr0 & CR0_PG) !== 0) c.spend(costNumber.cr3_write);
  c.spendAccesses(2 * (segmentCount + 2) + segmentCount + 11, segmentCount + 11);
}
