// What Xen does for a paravirtual guest: the same program on every host, in the cycles of three generations. The first is split from
// the totals that Barham et al. let one derive on a 2.4 GHz Xeon: 816 for a protection fault, 3,144 for a page fault, 2,880 for a
// context switch. Gates and IRET are the host's own; what the pieces leave of a total is one residue each, and says so.
import type {CostName} from './costs.ts';
import {derived, estimated} from './figure.ts';
import type {Figure} from './profile.ts';

export type ParavirtualCost = Extract<CostName,
  'hypercall_dispatch' | 'multicall_entry' | 'fault_dispatch' | 'exception_bounce' | 'event_upcall' | 'pt_request' | 'pt_validate' | 'table_scan' | 'update_call'
  | 'mmuext_operation' | 'base_switch'>;
type Costs = Readonly<Record<ParavirtualCost, Figure>>;

export const PARAVIRTUAL_ON_PENTIUM4: Costs = {
  hypercall_dispatch: estimated(105, 'registers saved, a bound checked, a call through a table; with gate 470 and IRET 325 a hypercall is 900'),
  multicall_entry: estimated(60, '32 bytes copied in, a call through the table, a word copied out'),
  fault_dispatch: derived(391, '[XEN03] protection fault 816 at 2.4 GHz, plus two reads of CR2 that the kernel saves, less the one Xen makes, an IRET and '
    + 'exception_bounce: 816 + 400 - 200 - 325 - 300 = 391; residue'),
  exception_bounce: estimated(300, "six words copied onto the guest kernel's stack with checks, segments and EFLAGS rewritten; split of 816 as in fault_dispatch"),
  event_upcall: estimated(575, 'pending word and mask looked at, then the frame of exception_bounce; with an IRET about 900'),
  pt_request: estimated(150, '16 bytes copied in, the table frame found, its type held and let go'),
  pt_validate: estimated(100, "flags tested, the frame's owner looked up, two counts changed with locked instructions"),
  table_scan: estimated(2048, 'two cycles for each of 1,024 entries, nearly all not present'),
  update_call: derived(978, '[XEN03] page fault 3144, less its bounce, the hypercall of 900, request and check: '
    + '3144 - 391 - 300 - 325 - 900 - 150 - 100 = 978; residue: mapping the table, locks'),
  mmuext_operation: estimated(100, '12 bytes copied in and a branch by the operation'),
  base_switch: derived(1760, '[XEN03] context switch 2880, less one multicall of two entries and one operation: 2880 - 900 - 120 - 100 = 1760; residue: '
    + 'types held and let go, local descriptors forgotten'),
};

/** Single update about 1,200, bounce about 500, context switch about 1,200, an update of a batch about 100. */
export const PARAVIRTUAL_ON_CORE: Costs = {
  hypercall_dispatch: estimated(80, 'three quarters of pentium4-2005: fewer cycles for the same loads and stores'),
  multicall_entry: estimated(40, 'as multicall_entry of pentium4-2005, in the ratio of hypercall_dispatch'),
  fault_dispatch: estimated(90, 'with exception_bounce and IRET a bounce of about 500'),
  exception_bounce: estimated(150, 'half of pentium4-2005: segment loads and pushes are cheaper'),
  event_upcall: estimated(240, 'with an IRET about 500'),
  pt_request: estimated(60, 'with pt_validate about 100 for an update of a batch'),
  pt_validate: estimated(40, 'locked instructions of some 20 cycles instead of 100'),
  table_scan: estimated(1024, 'one cycle for each of 1,024 entries, nearly all not present'),
  update_call: estimated(400, 'a single update of about 1,200 less a hypercall and one update of a batch; residue'),
  mmuext_operation: estimated(60, 'as mmuext_operation of pentium4-2005, in the ratio of hypercall_dispatch'),
  base_switch: estimated(400, 'a context switch of about 1,200 less one multicall; residue'),
};

/** Single update about 900, bounce about 450, context switch about 800, an update of a batch about 80. */
export const PARAVIRTUAL_ON_SKYLAKE: Costs = {
  hypercall_dispatch: estimated(60, 'three quarters of nehalem-2009'),
  multicall_entry: estimated(30, 'three quarters of nehalem-2009'),
  fault_dispatch: estimated(60, 'with exception_bounce and IRET a bounce of about 450'),
  exception_bounce: estimated(100, 'two thirds of nehalem-2009'),
  event_upcall: estimated(150, 'with an IRET about 450'),
  pt_request: estimated(45, 'with pt_validate about 80 for an update of a batch'),
  pt_validate: estimated(35, 'two locked instructions'),
  table_scan: estimated(768, 'four entries in three cycles'),
  update_call: estimated(200, 'a single update of about 900 less a hypercall and one update of a batch; residue'),
  mmuext_operation: estimated(45, 'three quarters of nehalem-2009'),
  base_switch: estimated(150, 'a context switch of about 800 less one multicall; residue'),
};
