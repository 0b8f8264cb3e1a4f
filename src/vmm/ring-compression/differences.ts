// What a sensitive instruction would give a guest in its own ring, beside what it gives in the ring the guest was moved to:
// whether it is about to show the VMM's state or to lose an effect. Robin and Irvine, USENIX Security 2000, section 3.
import {materialize} from '../../cpu/flags.ts';
import type {Instruction} from '../../cpu/decode/instruction.ts';
import type {Cpu} from '../../cpu/state.ts';
import {visibleCr0} from '../../cpu/execute/system.ts';
import {
  DESCRIPTOR_CODE, DESCRIPTOR_CONFORMING, DESCRIPTOR_READABLE, DESCRIPTOR_S, DESCRIPTOR_WRITABLE, descriptorDpl, descriptorLimit, descriptorType,
} from '../../x86/descriptors.ts';
import {EFLAGS_IF, EFLAGS_IOPL} from '../../x86/flags.ts';
import {CS, ESP, LDTR, SS, TR} from '../../x86/registers.ts';
import type {ShadowDescriptors} from './descriptors.ts';
import type {GuestDescriptor} from './shadow-table.ts';
import type {VirtualState} from './virtual-state.ts';

/** The processor at a sensitive instruction of the guest's kernel, and what the VMM knows of the guest. */
export interface Situation {
  readonly cpu: Cpu;
  readonly instruction: Instruction;
  readonly state: VirtualState;
  readonly descriptors: ShadowDescriptors;
}

/** True when it differs; false when it does not, or when that cannot be told without disturbing the guest. */
type Differs = (situation: Situation) => boolean;

const PRIVILEGED_FLAGS = EFLAGS_IF | EFLAGS_IOPL;

/** A doubleword of the stack, or null where reading it would not be a TLB hit. */
function stackWord({cpu, instruction}: Situation, at: number): number | null {
  const linear = (cpu.segBase[SS] + cpu.r[ESP] + at * instruction.operandSize) | 0;
  const entry = cpu.view[linear >>> 12];
  if ((entry & cpu.readRight) === 0 || (linear & 4095) > 4092) return null;
  const offset = (entry & -4096) | (linear & 4095);
  return instruction.operandSize === 4 ? cpu.bytes.getInt32(offset, true) : cpu.bytes.getUint16(offset, true);
}

/** Flags that the guest's ring may change and that do not come out as they are popped. */
function losesFlags(situation: Situation, at: number): boolean {
  const {cpu, state} = situation;
  const popped = stackWord(situation, at);
  const flags = state.guestFlags(cpu);
  const ring = state.ring(cpu);
  const changes = (ring === 0 ? EFLAGS_IOPL : 0) | (ring <= (flags & EFLAGS_IOPL) >>> 12 ? EFLAGS_IF : 0);
  return popped !== null && ((popped ^ flags) & changes) !== 0;
}

/** A return to a ring that the processor takes for the present one leaves the stack where it is. */
function returnsWithinRing(situation: Situation): boolean {
  const selector = stackWord(situation, 1);
  const {cpu, state} = situation;
  return selector !== null && (selector & 3) === cpu.cpl && (selector & 3) !== state.ring(cpu);
}

const showsRing = (segment: number): Differs => ({cpu, state}) => state.selector(cpu, segment) !== cpu.segSelector[segment];

const showsTable = (table: 'gdt' | 'idt'): Differs => ({cpu, state}) =>
  cpu[`${table}Base`] !== state.tables[`${table}Base`] || cpu[`${table}Limit`] !== state.tables[`${table}Limit`];

const showsSelector: Differs = situation => situation.instruction.row.mnemonic !== 'MOV' || situation.instruction.row.operands[0] === 'Sw'
  ? loadsForbidden(situation)
  : showsRing(situation.instruction.reg)(situation);

/** The selector that a segment load takes, as far as it lies in a register or on the stack. */
function loadedSelector(situation: Situation): number | null {
  const {instruction, cpu} = situation;
  if (instruction.row.mnemonic === 'POP') return stackWord(situation, 0);
  return instruction.row.mnemonic === 'MOV' && instruction.memory === null ? cpu.r[instruction.rm] & 0xffff : null;
}

/** A load that the guest's ring would be refused: its kernel's segments look like ring 1's or 3's. */
function loadsForbidden(situation: Situation): boolean {
  const {cpu, state, descriptors, instruction} = situation;
  const selector = loadedSelector(situation);
  const descriptor = selector === null || (selector & ~3) === 0 ? null : descriptors.guestDescriptor(selector);
  if (selector === null || descriptor === null) return false;
  const ring = state.ring(cpu);
  const stack = instruction.row.operands[0] === 'SS' || (instruction.row.mnemonic === 'MOV' && instruction.reg === SS);
  if (stack) return (selector & 3) !== ring || descriptorDpl(descriptor.high) !== ring;
  return !isConforming(descriptor.high) && Math.max(selector & 3, ring) > descriptorDpl(descriptor.high);
}

const isConforming = (high: number): boolean => (high & (DESCRIPTOR_S | DESCRIPTOR_CODE | DESCRIPTOR_CONFORMING)) === (DESCRIPTOR_S | DESCRIPTOR_CODE | DESCRIPTOR_CONFORMING);

/** What LAR, LSL, VERR or VERW says of a descriptor, null for nothing. Intel SDM vol. 3A, 5.10 Pointer Validation. */
type Answer = (descriptor: GuestDescriptor) => number | null;
const ANSWERS: Readonly<Record<string, {systems: readonly number[]; of: Answer}>> = {
  LAR: {systems: [1, 2, 3, 4, 5, 9, 11, 12], of: ({high}) => high & 0x00f0_ff00},
  LSL: {systems: [1, 2, 3, 9, 11], of: ({low, high}) => descriptorLimit(low, high)},
  VERR: {systems: [], of: ({high}) => ((high & DESCRIPTOR_CODE) === 0 || (high & DESCRIPTOR_READABLE) !== 0 ? 1 : null)},
  VERW: {systems: [], of: ({high}) => ((high & (DESCRIPTOR_CODE | DESCRIPTOR_WRITABLE)) === DESCRIPTOR_WRITABLE ? 1 : null)},
};

function answer(name: string, descriptor: GuestDescriptor | null, ring: number): number | null {
  if (descriptor === null) return null;
  const {high} = descriptor;
  if ((high & DESCRIPTOR_S) === 0 && !ANSWERS[name].systems.includes(descriptorType(high))) return null;
  return isConforming(high) || ring <= descriptorDpl(high) ? ANSWERS[name].of(descriptor) : null;
}

const showsShadow: Differs = ({cpu, state, descriptors, instruction}) => {
  if (instruction.memory !== null) return false;
  const selector = cpu.r[instruction.rm] & 0xffff;
  if ((selector & ~3) === 0) return false;
  const {mnemonic} = instruction.row;
  const shown = answer(mnemonic, descriptors.shadowDescriptor(selector, state.view(cpu)), Math.max(cpu.cpl, selector & 3));
  return shown !== answer(mnemonic, descriptors.guestDescriptor(selector), Math.max(state.ring(cpu), selector & 3));
};

const NEVER: Differs = () => false;

/** By mnemonic of the opcode table. */
export const DIFFERS: Readonly<Record<string, Differs>> = {
  SGDT: showsTable('gdt'), SIDT: showsTable('idt'),
  SLDT: ({cpu, state}) => cpu.segSelector[LDTR] !== state.selector(cpu, LDTR),
  STR: ({cpu, state}) => cpu.segSelector[TR] !== state.selector(cpu, TR),
  SMSW: ({cpu, instruction}) => ((cpu.cr0 ^ visibleCr0(cpu)) & (instruction.memory === null && instruction.operandSize === 4 ? -1 : 0xffff)) !== 0,
  PUSHF: ({cpu, state}) => ((materialize(cpu) ^ state.guestFlags(cpu)) & PRIVILEGED_FLAGS) !== 0,
  POPF: situation => losesFlags(situation, 0),
  IRET: situation => losesFlags(situation, 2) || returnsWithinRing(situation),
  RETF: returnsWithinRing,
  CALLF: showsRing(CS), JMPF: NEVER, INT: NEVER,
  PUSH: situation => showsRing(situation.instruction.row.operands[0] === 'CS' ? CS : SS)(situation),
  MOV: showsSelector, POP: loadsForbidden, LSS: NEVER, LDS: NEVER, LES: NEVER, LFS: NEVER, LGS: NEVER,
  LAR: showsShadow, LSL: showsShadow, VERR: showsShadow, VERW: showsShadow,
};
