// The list of claims: complete, sourced, split as fixed beforehand, each figure taken from cells; and its exact counts, on real cells.
import test from 'ava';
import {COST_NAMES} from '../../host/costs.ts';
import {citedKeys, SOURCES} from '../../host/sources.ts';
import {runCell} from '../cell.ts';
import type {CellResult} from '../result.ts';
import {catalogue, cellSpec} from '../testing/real-cells.ts';
import {unfinished} from '../unfinished.ts';
import {CLAIMS} from './claims/index.ts';
import {isMeasurable, type ClaimCell, type Quantity} from './claim.ts';
import {judgeClaim} from './judge.ts';
import {planValidation} from './plan.ts';

const NUMBERS = Array.from({length: 40}, (_, at) => String(at + 1)).flatMap(number => (number === '28' ? ['28', '28b'] : [number]));

test('every claim is there, once and in order', t => t.deepEqual(CLAIMS.map(({number}) => number), NUMBERS));

test('every claim names publications of the bibliography', t => {
  for (const {number, source} of CLAIMS) {
    t.true(citedKeys(source).length > 0, number);
    t.deepEqual(citedKeys(source).filter(key => !Object.hasOwn(SOURCES, key)), [], number);
  }
});

/** Fixed before a cost was set: no other figure may become one that costs are set from. */
const CALIBRATED: Readonly<Record<string, RegExp>> = {
  1: /./, 2: /./, 3: /./, 4: /./, 5: /./, 6: /./, 16: /^2p\/0K/, 17: /./, 19: /^with isolation/, 23: /./, 25: /./, 33: /./, 34: /./, 40: /./,
};

test('what costs were set from is told apart from what was held out, as fixed beforehand', t => {
  for (const {number, quantities} of CLAIMS) {
    for (const {name, calibrated} of quantities) t.is(calibrated, CALIBRATED[number]?.test(name) ?? false, `${number} ${name}`);
  }
});

const measurable = CLAIMS.flatMap(({number, quantities}) => quantities.filter(isMeasurable).map(each => ({number, each})));

/** A cell in which everything that can be counted occurs: crossings, and cycles and events, so many times as often as in another. */
function planted({workload, technique, params}: ClaimCell, scale: number, more = 1): CellResult {
  const empty = unfinished(cellSpec({workload: 'syscall', technique: 'native'}), 'error', {reason: ''});
  const operations = Number(params?.['operations'] ?? 100);
  const edge = {from: 'guest-kernel', to: 'vmm', reason: 'CR_ACCESS', count: scale * operations * 7 * more ** 2} as const;
  const details = ['write-cr3', 'popf', 'pf-true', 'in-0x80', 'write-0xb0', 'assigned'];
  return {
    ...empty, workload, technique: {...empty.technique, name: technique},
    cycles: {...empty.cycles, region: scale * operations * 1000 * more}, perOperation: {operations, instructions: 1, cycles: 1, exits: 1, switches: 1},
    events: [...COST_NAMES, 'pt_request'].map(name => ({name, category: 'guest', count: scale * operations * 3 * more, unitCost: 5, grade: 'estimated'})),
    switches: [
      ...details.flatMap(detail => (['exit', 'fault', 'hypercall'] as const).map(kind => ({...edge, kind, detail}))),
      ...['in-0x80', 'host-interrupt', 'doorbell', 'send'].map(detail => ({...edge, from: 'vmm', to: 'host-kernel', kind: 'call', reason: 'world-switch', detail} as const)),
      {...edge, kind: 'exit', reason: 'EXTERNAL_INTERRUPT', detail: 'disk', count: scale * operations},
    ],
    feedback: {...empty.feedback, timerInterrupts: scale * operations * more},
    audit: [{instruction: 'POPF', executed: 1, trapped: 0, differing: scale * operations * more, first: null}],
  };
}

/** The figure with cell number `changed` of it having everything more often; without a number, none. */
function measuredWith({cells, measure}: Quantity, changed?: number): number {
  return measure(Object.fromEntries(Object.entries(cells).map(([name, cell], at) => [name, planted(cell, at + 1, at === changed ? 3 : 1)])));
}

test('every figure comes from its cells: where a cell changes, it changes', t => {
  for (const {number, each} of measurable) {
    const before = measuredWith(each);
    const names = Object.keys(each.cells);
    const moved = names.filter((_, at) => measuredWith(each, at) !== before);
    t.true(Number.isFinite(before), `${number} ${each.name}`);
    t.deepEqual(moved, names, `${number} ${each.name}`);
  }
});

test('no claim waits for what is there', t => {
  for (const {number, quantities} of CLAIMS) for (const each of quantities) t.true(isMeasurable(each) || each.awaits.length > 5, `${number} ${each.name}`);
});

for (const claim of CLAIMS.filter(({kind}) => kind === 'C')) {
  const plan = planValidation([claim], catalogue);
  if (plan.cells.length === 0) continue;
  test(`claim ${claim.number}, exactly: ${claim.text}`, t => {
    const results = new Map(plan.cells.map(({spec}) => [spec.key, runCell(spec, catalogue)]));
    const expectedExit = (name: string): number => ((catalogue.workloads.get(name)?.definition.exitValue ?? 0) << 1) | 1;
    const {quantities} = judgeClaim(claim, {plan, results, expectedExit});
    t.deepEqual(quantities.filter(({verdict}) => verdict === 'outside' || verdict === 'failed'), []);
    t.true(quantities.some(({verdict}) => verdict === 'holds'));
  });
}
