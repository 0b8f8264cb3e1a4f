// One cell: a workload under a technique on a host. Run under the clock asked for, for every figure, and under the
// instruction clock, for the verdict against bare metal; then timed, when samples are asked for.
import {readFileSync} from 'node:fs';
import {Bench} from 'tinybench';
import {COST_NAMES, COSTS} from '../host/costs.ts';
import {byCategory} from '../ledger/meter.ts';
import {isExit} from '../ledger/transitions.ts';
import type {Claims} from '../vmm/strategy.ts';
import {PLUGIN_KINDS} from '../vmm/plugin.ts';
import {findHost} from '../host/catalogue.ts';
import type {Catalogue} from './catalogue.ts';
import {violation} from './conservation.ts';
import {disassemble} from './disassembly.ts';
import {consoleDivergence, divergence, divergentStretch, outputsDiverge} from './equivalence.ts';
import {firstDivergence, type Again} from './first-divergence.ts';
import {guestKindOf} from './guest-kind.ts';
import {runGuest, type GuestRun} from './guest-run.ts';
import {screenIn} from './screen.ts';
import {imageKinds} from './image-check.ts';
import {keepDisk} from './peripherals.ts';
import type {CellResult, Equivalence, EventCount, PerOperation, SwitchCount} from './result.ts';
import type {CellSpec} from './spec.ts';
import {BARE_METAL, techniqueName, type Technique} from './technique.ts';

const NATIVE: Technique = {name: BARE_METAL, cpu: {name: BARE_METAL, options: {}}, memory: null, io: null, architecture: null};

export function runCell(spec: CellSpec, catalogue: Catalogue): CellResult {
  const run = runGuest(spec, catalogue, {clock: spec.clock});
  const broken = violation(run);
  const equivalence = verdict(spec, catalogue, run);
  const measured = spec.samples > 0 ? measure(spec, catalogue) : null;
  // Why last: every other run of this cell begins with the disk as it was.
  keepDisk(spec, run.platform.disk?.disk);
  return {
    ...resultOf(spec, run),
    ...(broken ? {outcome: 'error', reason: broken} : {}),
    claimsEquivalence: claimsEquivalence(spec, catalogue) && !run.outsideClaim,
    equivalence,
    measured,
  };
}

/** In pieces: a guest may print more than a call takes arguments. */
function consoleText(bytes: readonly number[]): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += 8192) pieces.push(String.fromCharCode(...bytes.slice(at, at + 8192)));
  return pieces.join('');
}

/** What a guest printed; of one that printed nothing, what its screen shows. */
function outputOf(run: GuestRun): Pick<CellResult, 'console' | 'screen'> {
  const screen = screenIn(run);
  return screen === '' ? {console: consoleText(run.platform.console)} : {console: `${screen}\n`, screen};
}

function resultOf(spec: CellSpec, run: GuestRun): Omit<CellResult, 'claimsEquivalence' | 'equivalence' | 'measured'> {
  const {platform, ending, region, total, statistics} = run;
  const {recorder, exitCode} = platform;
  const switches = switchesOf(run);
  const cycles = cyclesOf(run);
  return {
    workload: spec.workload, params: spec.params, technique: techniqueName(spec.technique), host: spec.host, clock: spec.clock,
    outcome: ending.outcome, ...(ending.reason ? {reason: ending.reason} : {}), exitCode,
    ...outputOf(run),
    instructions: {
      total: total.instructions, region: region.instructions, direct: region.instructions - region.emulated, emulated: region.emulated,
      hardware: region.instructions - region.emulated + region.surplus, repIterations: region.repIterations,
    },
    cycles, switches, events: eventsOf(run),
    feedback: {timerInterrupts: region.interrupts, rdtsc: region.tscReads, idleCycles: region.idle, deviceWaits: region.deviceWaits},
    perOperation: perOperation(run, switches, cycles.region),
    ...(Object.keys(statistics).length > 0 ? {statistics} : {}),
    ...auditOf(run),
    ...(recorder.notes.length > 0 ? {notes: [...new Set(recorder.notes)]} : {}),
  };
}

function auditOf({audit}: GuestRun): Pick<CellResult, 'audit'> {
  const met = audit.filter(({executed}) => executed > 0);
  if (met.length === 0) return {};
  return {audit: met.map(({first, ...use}) =>
    ({...use, first: first && {instruction: first.instruction, eip: first.eip, disassembly: disassemble(first.bytes, first.eip)}}))};
}

function switchesOf({platform, region}: GuestRun): SwitchCount[] {
  return platform.transitions.list
    .map((edge, at) => ({...edge, count: region.crossings[at] ?? 0}))
    .filter(({count}) => count > 0)
    .toSorted((a, b) => b.count - a.count || compareText(edgeName(a), edgeName(b)));
}

const edgeName = ({from, to, kind, reason, detail}: SwitchCount): string => [from, to, kind, reason, detail].join(' ');
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function eventsOf({platform, region}: GuestRun): EventCount[] {
  const {units} = platform.cpu.meter;
  const {grades} = platform.prices;
  return COST_NAMES
    .map((name, at) => ({name, category: COSTS[name].category, count: region.counts[at], unitCost: units[at], grade: grades[at]}))
    .filter(({count}) => count > 0);
}

function cyclesOf({platform, region, total}: GuestRun): CellResult['cycles'] {
  const {units} = platform.cpu.meter;
  const sum = (tally: GuestRun['region']): number => Object.values(byCategory(tally.counts, units, tally.idle)).reduce((a, b) => a + b, 0);
  return {total: sum(total), region: sum(region), byCategory: byCategory(region.counts, units, region.idle)};
}

function perOperation({platform, region}: GuestRun, switches: readonly SwitchCount[], cycles: number): PerOperation | null {
  const {operations} = platform.recorder;
  if (operations === 0) return null;
  const count = (edges: readonly SwitchCount[]): number => edges.reduce((sum, edge) => sum + edge.count, 0);
  return {
    operations, instructions: region.instructions / operations, cycles: cycles / operations,
    exits: count(switches.filter(isExit)) / operations, switches: count(switches) / operations,
  };
}

function claimsEquivalence(spec: CellSpec, catalogue: Catalogue): boolean {
  const {features} = findHost(spec.host);
  return PLUGIN_KINDS.every(kind => {
    const chosen = spec.technique[kind];
    const claims = (chosen && catalogue.plugins.get(kind, chosen.name)?.definition) as Claims | undefined | null;
    return (claims?.equivalence?.({...features}) ?? null) === null;
  });
}

function verdict(spec: CellSpec, catalogue: Catalogue, run: GuestRun): Equivalence {
  const clock = 'instructions';
  if (spec.technique.name === BARE_METAL) return {verdict: 'equivalent', clock, detail: 'bare metal is the reference'};
  if (guestKindOf(spec.technique, catalogue) === 'paravirtual') return outputVerdict(spec, catalogue, run);
  const checked = spec.clock === clock ? run : runGuest(spec, catalogue, {clock});
  if (checked.knows) return outputVerdict(spec, catalogue, run);
  const reference = referenceRun(spec, catalogue);
  const first = divergence(checked, reference);
  if (first) return {verdict: 'not-equivalent', clock, detail: [first, offender(spec, catalogue, {checked, reference})].filter(part => part !== null).join('; ')};
  const output = outputDivergence(spec, catalogue, {run, reference});
  if (output) return {verdict: 'not-equivalent', clock, detail: output};
  const {trail} = reference.platform.recorder;
  return {
    verdict: 'equivalent', clock,
    detail: `outcome, exit code, console, ${reference.total.instructions} instructions and ${trail.length} register images (hash ${trail.digest()}) are those of bare metal`,
  };
}

/** A modified guest, or one that found its hypervisor, is another program, so only what comes out of it is compared; one that has no native build cannot be. */
function outputVerdict(spec: CellSpec, catalogue: Catalogue, run: GuestRun): Equivalence {
  if (spec.image !== null && !imageKinds(spec.image, readFileSync(spec.image)).includes('unmodified')) {
    const detail = 'the image runs under paravirtualization only: there is no run on bare metal to compare it with';
    return {verdict: 'not-checked', clock: null, detail};
  }
  const reference = referenceRun(spec, catalogue);
  const timeIndependent = catalogue.workloads.get(spec.workload)?.definition.timeIndependentOutput ?? true;
  const first = outputsDiverge(run, reference, timeIndependent);
  if (first) return {verdict: 'not-equivalent', clock: spec.clock, detail: first};
  const compared = `outcome, exit code, checkpoints${timeIndependent ? ' and console' : ''}`;
  const guest = run.knows ? 'a guest that uses its hypervisor' : 'the modified guest';
  return {verdict: 'equivalent', clock: spec.clock, detail: `${compared} of ${guest} are those of the native one on bare metal`};
}

/** The first instruction after which registers differ, where the trails say that they do. */
function offender(spec: CellSpec, catalogue: Catalogue, {checked, reference}: {checked: GuestRun; reference: GuestRun}): string | null {
  const stretch = divergentStretch(checked, reference);
  const again = (technique: Technique): Again => prepare => { runGuest(spec, catalogue, {clock: 'instructions', technique, prepare}); };
  return firstDivergence(again(spec.technique), again(NATIVE), stretch);
}

/** Output that the workload declares independent of time must be the same under the cycle clock too. */
function outputDivergence(spec: CellSpec, catalogue: Catalogue, {run, reference}: {run: GuestRun; reference: GuestRun}): string | null {
  const definition = catalogue.workloads.get(spec.workload)?.definition;
  if (spec.image !== null || !definition?.timeIndependentOutput || run.ending.outcome !== 'completed') return null;
  const difference = consoleDivergence(run.platform.console, reference.platform.console);
  return difference && `under the cycle clock, ${difference}`;
}

/** The last few bare-metal runs: cells of one workload follow each other. */
const references = new Map<string, GuestRun>();
const MOST_REFERENCES = 2;

function referenceRun(spec: CellSpec, catalogue: Catalogue): GuestRun {
  const key = JSON.stringify([spec.workload, spec.image, spec.params, spec.host, spec.maxInstructions, spec.memoryMiB, spec.append, spec.files, spec.keys, spec.disk, spec.network, spec.card, spec.technique.io?.name]);
  const known = references.get(key);
  if (known) return known;
  const run = runGuest(spec, catalogue, {clock: 'instructions', technique: NATIVE});
  references.set(key, run);
  for (const old of [...references.keys()].slice(0, -MOST_REFERENCES)) references.delete(old);
  return run;
}

/** Wall-clock of this computer for one run of the guest, by tinybench; the model knows nothing of it. */
function measure(spec: CellSpec, catalogue: Catalogue): CellResult['measured'] {
  const bench = new Bench({iterations: spec.samples, time: 0, warmup: false, throws: true, retainSamples: true});
  bench.add(spec.key, () => { runGuest(spec, catalogue, {clock: spec.clock}); });
  const [task] = bench.runSync();
  const {result} = task;
  if (!('latency' in result)) return null;
  const {samplesCount, mean, p99, rme, samples} = result.latency;
  return {samples: samplesCount, meanMs: mean, p99Ms: p99, rme: Number.isFinite(rme) ? rme : 0, samplesMs: evenly(samples ?? [], MOST_SAMPLES)};
}

/** Samples kept of one cell at most. */
const MOST_SAMPLES = 1000;

const evenly = (values: readonly number[], most: number): number[] =>
  values.length <= most ? [...values] : Array.from({length: most}, (_, at) => values[Math.floor((at * values.length) / most)]);
