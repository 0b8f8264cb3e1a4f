// One line of meaning for every word a report shows: contexts, kinds, reasons, details, categories, costs, grades, verdicts,
// columns. Exit reasons follow the Intel SDM vol. 3D, appendix C; hypercalls Xen's public interface.
import {COSTS, type CostName} from '../host/costs.ts';
import type {Category, Context, Grade, Kind} from '../ledger/context.ts';
import type {Equivalence, Outcome} from '../lab/result.ts';
import {DETAIL_PATTERNS, REASONS} from './glossary-reasons.ts';

export const CONTEXT_MEANINGS: Readonly<Record<Context, string>> = {
  'guest-user': "the guest's programs, at the guest's privilege level 3",
  'guest-kernel': "the guest's kernel, at the guest's privilege level 0 wherever the technique really runs it",
  vmm: 'the hypervisor, or the kernel module of a hosted one',
  'host-kernel': 'the kernel of the host operating system',
  'host-user': 'the device-model process of a hosted hypervisor, or an emulator',
  'driver-kernel': 'the kernel of the privileged or driver domain',
  'driver-user': 'the device-model process of the privileged domain',
};

export const KIND_MEANINGS: Readonly<Record<Kind, string>> = {
  fault: 'hardware took control: an exception',
  interrupt: 'hardware took control: an external interrupt',
  exit: 'hardware took control: a VM exit',
  hypercall: 'software asked: a call of a changed guest',
  call: 'software asked: a system call, a callout of translated code or a request to another context',
  return: 'the way back',
};

export const CATEGORY_MEANINGS: Readonly<Record<Category, string>> = {
  guest: 'guest instructions the processor executes directly',
  'ring-crossing': 'crossings between privilege levels the processor makes by itself',
  'world-switch': 'the hardware and state-saving part of getting from one context to another',
  vmm: "the hypervisor's own work: dispatch, decoding, emulation, injection",
  mmu: 'work on shadow, nested or validated page tables',
  'page-walk': 'memory references of hardware page walks',
  translation: 'interpreting or translating guest code',
  'device-model': 'device models answering port and memory-mapped accesses',
  'back-end': 'the back ends of split drivers',
  idle: 'nothing to do until the next event',
};

export const GRADE_MEANINGS: Readonly<Record<Grade, string>> = {
  published: 'a figure printed in the source named',
  derived: 'worked out from published figures; the arithmetic is with the source',
  remembered: 'known in the field, without a source at hand',
  estimated: 'a judgement; the source says what it leans on',
  measured: 'measured on a real computer',
};

export const OUTCOME_MEANINGS: Readonly<Record<Outcome, string>> = {
  completed: 'the guest ended itself through the debug-exit port',
  'triple-fault': 'a fault could not be delivered, nor the double fault it made: a real processor resets',
  deadlock: 'the guest halted with nothing left to wake it',
  budget: 'the guest was stopped at its limit of instructions',
  refused: 'this combination makes no sense or the host lacks a feature; it was not run',
  error: 'a strategy or the bench itself failed; the reason says where',
};

export const VERDICT_MEANINGS: Readonly<Record<Equivalence['verdict'], string>> = {
  equivalent: 'what the guest did equals bare metal, bit for bit as far as the detail says',
  'not-equivalent': 'the guest behaved differently from bare metal; the detail shows where first',
  'not-checked': 'no comparison with bare metal was made; do not compare the cycles',
};

export const COLUMN_MEANINGS = {
  slowdown: 'modelled cycles of the measured region over those of native with the same workload, parameters and host',
  cycles: 'modelled cycles of the host, deterministic; never measured time',
  exits: 'switches out of guest-user and guest-kernel to any other context',
  switches: 'all switches between two contexts, returns included',
  operation: 'one repetition of what the workload measures, marked by the guest itself',
  region: 'what lies between the markers the guest sets around the measured part',
  direct: 'guest instructions executed by the processor without help of the hypervisor',
  estimates: 'cycles whose unit cost is graded estimated',
  measured: "wall-clock of this computer, with the margin of error of the mean's 95% confidence interval",
} as const;

const TABLES: readonly Readonly<Record<string, string>>[] = [
  CONTEXT_MEANINGS, KIND_MEANINGS, CATEGORY_MEANINGS, GRADE_MEANINGS, OUTCOME_MEANINGS, VERDICT_MEANINGS, REASONS, COLUMN_MEANINGS,
];

/** Meaning of a word of the reports, or null for a word that is not theirs. */
export function explain(word: string): string | null {
  if (Object.hasOwn(COSTS, word)) return COSTS[word as CostName].meaning;
  return TABLES.find((table) => Object.hasOwn(table, word))?.[word] ?? null;
}

/** Meaning of a switch's detail, or null where the detail speaks for itself or is unknown. */
export const explainDetail = (detail: string): string | null =>
  DETAIL_PATTERNS.find(({pattern}) => pattern.test(detail))?.meaning ?? null;

/** `REASON (detail)` as one line: what it is, and what the detail narrows it to. */
export function explainSwitch(reason: string, detail: string): string | null {
  const parts = [explain(reason), detail === '' ? null : explainDetail(detail)].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join('; ');
}
