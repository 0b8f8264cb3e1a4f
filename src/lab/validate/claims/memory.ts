// Claims 9 to 12, 19 to 22 and 37: memory virtualization.
import {atMost, BELOW_ONE, between, exactly} from '../band.ts';
import {awaited, quantity} from '../claim.ts';
import type {Claim, ClaimCell, Quantity} from '../claim.ts';
import type {Params} from '../../spec.ts';
import type {CellResult} from '../../result.ts';
import {crossings, cyclesOf, events, exits, hypercalls, LONG, operationsOf, SHORT, steadyCrossings, steadyEvents} from '../figures.ts';
import {ratio} from './ratio.ts';
import {CORE2, EPT, NATIVE, NEHALEM, PV, SKYLAKE, VTX, WITHOUT_WALK_CACHES} from './techniques.ts';

interface Counted {
  readonly workload: string;
  readonly technique: string;
  readonly count: number;
  readonly params?: Params;
}

/** Exits of one operation once first touches are over; no timer disturbs the count. */
function exitsEach(name: string, {workload, technique, count, params = {}}: Counted): Quantity {
  const cell = (operations: number): ClaimCell => ({workload, technique, host: NEHALEM, params: {...params, operations, timer: 0}});
  return quantity(name, {
    published: String(count), band: exactly(count), cells: {few: cell(SHORT), many: cell(LONG)}, measure: results => steadyCrossings(results, exits),
  });
}

/** Every operation of this sweep misses the TLB: far more pages than entries, in the order in which they are evicted. */
const THRASHING: Params = {pages: 4096};

interface Growth {
  readonly published: string;
  readonly count: number;
  readonly each: (cell: CellResult) => number;
}

/** What a fork of 500 pages takes more than one of 20. */
function forkGrowth(name: string, {published, count, each}: Growth): Quantity {
  const cell = (pages: number): ClaimCell => ({workload: 'fork', technique: PV, host: NEHALEM, params: {pages, operations: 20, timer: 0}});
  return quantity(name, {published, band: exactly(count), cells: {small: cell(20), large: cell(500)}, measure: ({small, large}) => each(large) - each(small)});
}

const thrashing = (technique: string, operations: number): ClaimCell =>
  ({workload: 'tlb-reach', technique, host: WITHOUT_WALK_CACHES, params: {...THRASHING, operations, timer: 0}});

/** Memory references of one page walk, walk caches off. */
const references = (name: string, technique: string, count: number): Quantity => quantity(name, {
  published: String(count), band: exactly(count), cells: {few: thrashing(technique, SHORT), many: thrashing(technique, LONG)},
  measure: results => steadyEvents(results, 'walk_reference'),
});

/** The guest kernel's own option. */
const ISOLATED: Params = {isolation: 'on'};

const WITHOUT_TAGS = 'the published guest is one of 64 bits, which enters by SYSCALL and loads CR3 without a flush, by process-context identifiers; this one enters by INT 0x80, and each '
  + 'load empties the TLB under EPT too';

const FEW_WRITES = 'a compiler\'s build writes a leaf table many times between two flushes; a process of this kernel has few pages and writes each table a few times';

export const MEMORY: readonly Claim[] = [
  {
    number: '9', kind: 'Q', source: '[EPT09], [PVM23] table 3', text: 'With nested paging the penalties of claims 1 and 7 vanish.',
    quantities: [
      exitsEach('exits of one page-table store', {workload: 'ptemod', technique: EPT, count: 0}),
      ratio('forkwait, VT-x with EPT / native', {published: 'near 1', band: atMost(1.5), workload: 'forkwait', host: NEHALEM, of: [EPT, NATIVE]}),
    ],
  },
  {
    number: '10', kind: 'C', source: '[KVM-SPT], [KVM-BYP]',
    text: 'Exits of one demand fault under shadow paging: naive 3, with update on write 2, with not-present bypass besides 1.',
    quantities: [
      exitsEach('write=zap', {workload: 'pgfault', technique: VTX.replace('shadow', 'shadow[write=zap]'), count: 3}),
      exitsEach('write=update', {workload: 'pgfault', technique: VTX, count: 2}),
      exitsEach('write=update with bypass', {workload: 'pgfault', technique: VTX.replace('shadow', 'shadow[bypass]'), count: 1}),
    ],
  },
  {
    number: '11', kind: 'C', source: '[XEN03] 3.3.2, 4.2',
    text: 'Direct paging enters the hypervisor twice for an unbatched page fault, once for a protection fault without a change of a page-table '
      + 'entry.',
    quantities: [
      exitsEach('page fault', {workload: 'pgfault', technique: PV, count: 2}),
      exitsEach('protection fault', {workload: 'protection-fault', technique: PV, count: 1}),
    ],
  },
  {
    number: '12', kind: 'C', source: '[XEN03] 3.3.3',
    text: 'Batched page-table updates enter the hypervisor once for each full batch of up to 2048, and before every flush of the TLB.',
    quantities: [
      forkGrowth('more updates for 480 more pages of a fork', {published: '480', count: 480, each: cell => events(cell, 'pt_request') / operationsOf(cell)}),
      forkGrowth('more hypercalls for them', {published: '0 up to 2048', count: 0, each: cell => crossings(cell, hypercalls) / operationsOf(cell)}),
      quantity('hypercalls for 5000 updates in a row', {
        published: '3', band: exactly(3), cells: {row: {workload: 'pte-batch', technique: PV, host: NEHALEM, params: {operations: 5000, batch: 5000}}},
        measure: ({row}) => crossings(row, hypercalls),
      }),
    ],
  },
  {
    number: '19', kind: 'R', source: '[PVM23] table 4',
    text: 'A system call with page-table isolation: 2 exits and 9.5 times EPT under shadow paging; without isolation none and no difference.',
    quantities: [
      exitsEach('exits with isolation, shadow paging', {workload: 'null-call', technique: 'kvm-shadow', count: 2, params: ISOLATED}),
      exitsEach('exits with isolation, EPT', {workload: 'null-call', technique: 'kvm-nested', count: 0, params: ISOLATED}),
      exitsEach('exits without isolation, shadow paging', {workload: 'null-call', technique: 'kvm-shadow', count: 0}),
      ratio('with isolation, shadow / EPT', {
        published: '9.5', band: between(6, 13), calibrated: true, differs: WITHOUT_TAGS, workload: 'null-call', host: SKYLAKE, of: ['kvm-shadow', 'kvm-nested'], params: ISOLATED,
      }),
      ratio('without isolation, shadow / EPT', {published: '1.0', band: between(0.95, 1.05), workload: 'null-call', host: SKYLAKE, of: ['kvm-shadow', 'kvm-nested']}),
    ],
  },
  {
    number: '20', kind: 'C', source: '[AGILE16], [BHA08]',
    text: 'Memory references of one page walk: g for shadow tables of g levels, (g + 1)(h + 1) - 1 for h nested levels behind them.',
    quantities: [
      references('two levels, native', NATIVE, 2), references('two levels, shadow', VTX, 2), references('two levels behind four nested ones', EPT, 14),
      awaited('two levels behind two nested ones', '8', 'nested tables of two levels'),
      awaited('four levels behind four nested ones', '24', '64-bit guests'),
    ],
  },
  {
    number: '21', kind: 'Q', source: '[EPT09], [WANG11], [AGILE16]',
    text: 'Many TLB misses without page-table changes favour shadow paging; fork- and mmap-heavy workloads favour nested paging.',
    quantities: [
      ratio('tlb-reach of 4096 pages, shadow / nested', {published: 'below 1', band: BELOW_ONE, workload: 'tlb-reach', host: NEHALEM, of: [VTX, EPT], params: THRASHING}),
      ratio('forkwait, nested / shadow', {published: 'below 1', band: BELOW_ONE, workload: 'forkwait', host: NEHALEM, of: [EPT, VTX]}),
      ratio('mmap, nested / shadow', {published: 'below 1', band: BELOW_ONE, workload: 'mmap', host: NEHALEM, of: [EPT, VTX]}),
    ],
  },
  {
    number: '22', kind: 'C', source: '[EPT09]',
    text: 'Large host pages shorten the nested walk: 14 to 11 references for a two-level guest, 24 to 19 for a four-level one.',
    quantities: [
      references('two levels, 2 MiB backing', EPT.replace('nested', 'nested[backing=2m]'), 11),
      awaited('four levels, 2 MiB backing', '19', '64-bit guests'),
      ratio('tlb-reach of 4096 pages, 2 MiB / 4 KiB backing', {
        published: 'below 1', band: BELOW_ONE, workload: 'tlb-reach', host: NEHALEM, of: [EPT.replace('nested', 'nested[backing=2m]'), EPT], params: THRASHING,
      }),
    ],
  },
  {
    number: '37', kind: 'R', source: '[XEN-OOS]',
    text: 'Leaf tables that may go out of step save time on a build that forks, execs and writes files.',
    quantities: [
      quantity('share saved on core2-2007, forkwait with exec', {
        published: '0.15 to 0.25', band: between(0.07, 0.25), differs: FEW_WRITES,
        cells: {
          traced: {workload: 'forkwait', technique: VTX, host: CORE2, params: {exec: 'yes'}},
          unsync: {workload: 'forkwait', technique: VTX.replace('shadow', 'shadow[policy=unsync]'), host: CORE2, params: {exec: 'yes'}},
        },
        measure: ({traced, unsync}) => 1 - cyclesOf(unsync) / cyclesOf(traced),
      }),
    ],
  },
];
