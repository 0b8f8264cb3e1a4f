// What Xen does for a paravirtual guest, which is the same program on every host. The pieces of the totals that Barham et al. let one
// derive on a 2.4 GHz Xeon; gates and returns are the host's own. Totals: 816 for a bounced fault, 2,330 for a single update, 2,880 for
// a context switch. What the pieces leave of a total is one residue each, and says so.
import type {CostName} from './costs.ts';
import {derived, estimated} from './figure.ts';
import type {Figure} from './profile.ts';

export type ParavirtualCost = Extract<CostName,
  'hypercall_dispatch' | 'multicall_entry' | 'fault_dispatch' | 'exception_bounce' | 'event_upcall' | 'pt_request' | 'pt_validate' | 'table_scan' | 'update_call'
  | 'mmuext_operation' | 'base_switch'>;

export const PARAVIRTUAL_COSTS: Readonly<Record<ParavirtualCost, Figure>> = {
  hypercall_dispatch: estimated(105, 'registers saved, a bound checked, a call through a table; with gate and IRET about 900 on a Pentium 4'),
  multicall_entry: estimated(60, '32 bytes copied in, a call through the table, a word copied out'),
  fault_dispatch: derived(191, '[XEN03] protection fault 816 at 2.4 GHz, less an IRET of 325 and exception_bounce: 816 - 325 - 300 = 191'),
  exception_bounce: estimated(300, 'six words copied onto the guest kernel stack with checks, segments and EFLAGS rewritten; split of 816 as in fault_dispatch'),
  event_upcall: estimated(575, 'pending word and mask looked at, the frame of exception_bounce; with an IRET about 900'),
  pt_request: estimated(150, '16 bytes copied in, the table frame found, its type held and let go'),
  pt_validate: estimated(100, "flags tested, the frame's owner looked up, two counts changed with locked instructions"),
  table_scan: estimated(2048, 'two cycles for each of 1,024 entries, nearly all not present'),
  update_call: derived(1180, '[XEN03] single update 2330, less gate, IRET and dispatch 900, request and check 250: 2330 - 900 - 150 - 100 = 1180; residue'),
  mmuext_operation: estimated(100, '12 bytes copied in and a branch by the operation'),
  base_switch: estimated(980, 'residue of the 2880 of a context switch: two hypercalls of 900 and one mmuext_operation go off'),
};
