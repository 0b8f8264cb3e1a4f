// Carries the guest's architectural state from one processor to another: registers, flags, segment caches, tables. Paging
// registers are not part of it: who copies decides what they are.
import type {Cpu} from './state.ts';

const FIELDS = [
  'eip', 'eflags', 'flagKind', 'flagResult', 'flagA', 'flagB', 'mode', 'gdtBase', 'gdtLimit', 'idtBase', 'idtLimit', 'cr2', 'dr6', 'tscBase',
] as const satisfies ReadonlyArray<keyof Cpu>;

export function copyState(from: Cpu, to: Cpu): void {
  to.r.set(from.r);
  to.segSelector.set(from.segSelector);
  to.segBase.set(from.segBase);
  to.segLimit.set(from.segLimit);
  to.segAttributes.set(from.segAttributes);
  for (const field of FIELDS) to[field] = from[field];
  to.setCpl(from.cpl);
  to.shadow = from.shadow;
  to.stackShadow = from.stackShadow;
}
