// The four steps of the classic trap: capture the guest, decode what it wanted, emulate that, return to it. Which step each
// cost of the hypervisor belongs to; what is paid both ways counts half to each end.
import type {CellResult} from '../lab/result.ts';
import type {CostName} from '../host/costs.ts';
import type {Category} from '../ledger/context.ts';
import {eventCycles} from './figures.ts';

export const STEPS = ['capture', 'decode', 'emulate', 'return'] as const;
export type Step = (typeof STEPS)[number];

export const STEP_MEANINGS: Readonly<Record<Step, string>> = {
  capture: 'getting control and saving the guest',
  decode: 'finding out what the guest wanted',
  emulate: 'doing it on virtual state, page tables and devices',
  return: 'restoring the guest and going back',
};

const CAPTURE: ReadonlySet<string> = new Set<CostName>(['vm_exit', 'vmcs_read', 'trap_capture', 'callout_entry', 'fault_dispatch', 'cache_write_fault']);
const DECODE: ReadonlySet<string> = new Set<CostName>([
  'exit_dispatch', 'trap_decode', 'fault_mapping', 'hypercall_dispatch', 'multicall_entry', 'mmio_decode', 'shadow_classify', 'resident_classify',
]);
const RETURN: ReadonlySet<string> = new Set<CostName>(['vm_entry', 'vmcs_write', 'trap_return', 'callout_exit', 'virtual_return']);
const BOTH_WAYS: ReadonlySet<string> = new Set<CostName>(['world_switch', 'host_user_switch', 'host_system_call', 'domain_switch']);
/** Work for the guest that is neither the way in nor out. */
const WORK: ReadonlySet<Category> = new Set<Category>(['vmm', 'mmu', 'device-model', 'back-end']);

function shares(name: string, category: Category): Partial<Record<Step, number>> {
  if (CAPTURE.has(name)) return {capture: 1};
  if (DECODE.has(name)) return {decode: 1};
  if (RETURN.has(name)) return {return: 1};
  if (BOTH_WAYS.has(name)) return {capture: 0.5, return: 0.5};
  return WORK.has(category) ? {emulate: 1} : {};
}

/**
 * Modelled cycles of each step in the region. The processor's own deliveries and returns between rings are not in it: the guest
 * makes some of them without any hypervisor.
 */
export function fourSteps(cell: CellResult): Record<Step, number> {
  const sums: Record<Step, number> = {capture: 0, decode: 0, emulate: 0, return: 0};
  for (const event of cell.events) {
    for (const [step, share] of Object.entries(shares(event.name, event.category))) sums[step as Step] += share * eventCycles(event);
  }
  return sums;
}
