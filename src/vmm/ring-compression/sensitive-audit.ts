// The audit of instructions that are sensitive but not privileged (Robin and Irvine, USENIX Security 2000): how often the
// guest's kernel executed each, how often it trapped, how often it ran silently and showed the VMM's state or lost an effect,
// and where that happened first.
import type {Instruction} from '../../cpu/decode/instruction.ts';
import type {Cpu} from '../../cpu/state.ts';
import {HOST_BASE} from '../../memory/layout.ts';
import type {SensitiveUse} from '../strategy.ts';
import type {ShadowDescriptors} from './descriptors.ts';
import {DIFFERS} from './differences.ts';
import type {VirtualState} from './virtual-state.ts';

/** The list's own names for mnemonics of the opcode table. */
const LISTED: Readonly<Record<string, string>> = {CALLF: 'CALL far', JMPF: 'JMP far', RETF: 'RET far', INT: 'INT n', LES: 'LDS', LSS: 'LDS', LFS: 'LDS', LGS: 'LDS'};
const ORDER = [
  'SGDT', 'SIDT', 'SLDT', 'SMSW', 'PUSHF', 'POPF', 'LAR', 'LSL', 'VERR', 'VERW', 'POP', 'PUSH', 'CALL far', 'JMP far', 'INT n', 'RET far', 'IRET', 'STR', 'MOV', 'LDS',
];

interface Count {
  executed: number;
  trapped: number;
  differing: number;
  first: SensitiveUse['first'];
}

export class SensitiveAudit {
  readonly #state: VirtualState;
  readonly #descriptors: ShadowDescriptors;
  readonly #counts = new Map<string, Count>(ORDER.map(name => [name, {executed: 0, trapped: 0, differing: 0, first: null}]));
  /** The last one that began, until it is known whether it ended without a trap. */
  #begun: {count: Count; eip: number; differs: boolean; place: SensitiveUse['first']} | null = null;

  constructor(state: VirtualState, descriptors: ShadowDescriptors) {
    this.#state = state;
    this.#descriptors = descriptors;
  }

  /** The guest's kernel is about to execute one. */
  begin(cpu: Cpu, instruction: Instruction): void {
    this.#settle();
    const count = this.#countOf(instruction);
    const {mnemonic} = instruction.row;
    const differs = DIFFERS[mnemonic]?.({cpu, instruction, state: this.#state, descriptors: this.#descriptors}) ?? false;
    this.#begun = {count, eip: instruction.eip, differs, place: differs && count.first === null ? placeOf(cpu, instruction) : null};
  }

  /** The guest was left with an exception: the instruction there did not complete. */
  interrupted(eip: number): void {
    if (this.#begun?.eip === eip) this.#begun = null;
    this.#settle();
  }

  /** The VMM carried one out in the guest's stead. */
  trapped(instruction: Instruction): void {
    const count = this.#countOf(instruction);
    count.executed++;
    count.trapped++;
  }

  uses(): readonly SensitiveUse[] {
    this.#settle();
    return ORDER.map(instruction => ({instruction, ...this.#counts.get(instruction) as Count}));
  }

  #settle(): void {
    if (this.#begun === null) return;
    const {count, differs, place} = this.#begun;
    this.#begun = null;
    count.executed++;
    if (!differs) return;
    count.differing++;
    count.first ??= place;
  }

  #countOf({row}: Instruction): Count {
    return this.#counts.get(LISTED[row.mnemonic] ?? row.mnemonic) as Count;
  }
}

function placeOf(c: Cpu, {eip, length}: Instruction): SensitiveUse['first'] {
  const {block} = c;
  if (block === null) return null;
  const from = HOST_BASE + block.frame * 4096 + block.first + ((eip - block.eip) | 0);
  const within = block.crossing < 0 ? length : Math.min(length, 4096 - block.first);
  const rest = block.crossing < 0 ? [] : [...c.u8.subarray(HOST_BASE + block.crossing * 4096, HOST_BASE + block.crossing * 4096 + length - within)];
  const retired = c.instructionLimit - c.instructionsLeft - block.n + c.at;
  return {instruction: retired + 1, eip: eip >>> 0, bytes: [...c.u8.subarray(from, from + within), ...rest]};
}
