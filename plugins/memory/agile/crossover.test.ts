// The crossover that agile paging is for: many TLB misses with no change of page tables favour shadow paging, processes and mappings that
// come and go favour nested paging, and agile paging is as good as the better of the two on each, within a margin.
import test from 'ava';
import {runCell} from '../../../src/lab/cell.ts';
import {runGuest} from '../../../src/lab/guest-run.ts';
import type {CellSpec} from '../../../src/lab/spec.ts';
import {catalogue, cellSpec} from '../../../src/lab/testing/real-cells.ts';

/** How much more than the better one agile paging may take: its samples, and the tables that it moves and moves back. */
const MARGIN = 1.02;
const SHADOW = ['hardware-assisted+shadow', 'hardware-assisted+shadow[policy=unsync]'];
const NESTED = 'hardware-assisted+nested';
const AGILE = 'hardware-assisted+agile';
const HOSTS = ['nehalem-2009', 'nehalem-2009[walk-caches=off]'];

interface Case {
  readonly workload: string;
  readonly params: Readonly<Record<string, string | number>>;
  /** Operations of two cells: what the longer takes more is the steady state, when the tables have gone where they belong. */
  readonly operations: readonly [few: number, many: number];
}

const QUIET: readonly Case[] = [
  {workload: 'tlb-reach', params: {pages: 4096}, operations: [60_000, 100_000]},
  {workload: 'tlb-reach', params: {pages: 2048, access: 'write'}, operations: [60_000, 100_000]},
];
const CHANGING: readonly Case[] = [
  {workload: 'fork', params: {}, operations: [60, 160]},
  {workload: 'forkwait', params: {}, operations: [100, 250]},
  {workload: 'mmap', params: {}, operations: [200, 600]},
];

/** Cycles of one operation in the steady state. No ticks, so that both cells are the same but for their length. */
function steadyCycles(technique: string, host: string, {workload, params, operations: [few, many]}: Case): number {
  const spec = (operations: number): CellSpec => cellSpec({workload, technique, host, params: {...params, operations, timer: 0}});
  const cell = runCell(spec(many), catalogue);
  if (cell.equivalence.verdict !== 'equivalent') throw new Error(`${technique} on ${workload}: ${cell.reason ?? cell.equivalence.detail}`);
  const {platform: {cpu: {meter}}, region: {counts, idle}} = runGuest(spec(few), catalogue, {clock: 'cycles'});
  return (cell.cycles.region - counts.reduce((sum, count, at) => sum + count * meter.units[at], idle)) / (many - few);
}

for (const host of HOSTS) {
  for (const [cases, favours] of [[QUIET, 'shadow'], [CHANGING, 'nested']] as const) {
    for (const each of cases) {
      test(`${each.workload} ${JSON.stringify(each.params)} on ${host} favours ${favours} paging, and agile paging is no worse`, t => {
        const shadow = Math.min(...SHADOW.map(technique => steadyCycles(technique, host, each)));
        const nested = steadyCycles(NESTED, host, each);
        const agile = steadyCycles(AGILE, host, each);
        t.true(favours === 'shadow' ? shadow < nested : nested < shadow, `shadow ${shadow}, nested ${nested}`);
        t.log(`shadow ${shadow.toFixed(1)}, nested ${nested.toFixed(1)}, agile ${agile.toFixed(1)} cycles an operation`);
      t.true(agile <= MARGIN * Math.min(shadow, nested), `agile ${agile}, shadow ${shadow}, nested ${nested}`);
      });
    }
  }
}

test('moving tables to shadow mode pays for itself: from the start of its region a sweep of 400,000 accesses is faster than under nested paging', t => {
  const params = {pages: 4096, operations: 400_000, timer: 0};
  const [agile, nested] = [AGILE, NESTED].map(technique => runCell(cellSpec({workload: 'tlb-reach', technique, host: 'nehalem-2009', params}), catalogue));
  t.true(agile.cycles.region < 0.5 * nested.cycles.region, `${agile.cycles.region} against ${nested.cycles.region}`);
});
