import test from 'ava';
import {parseTechnique} from './technique.ts';
import {registry} from './testing/strategies.ts';
import {unfinished} from './unfinished.ts';
import type {CellResult, RunResult} from './result.ts';
import {strongest} from './exit-codes.ts';
import {exitCodeOf} from './verdict.ts';

const EXPECTED = 0x21;

function cell(technique: string, changes: Partial<CellResult> = {}): CellResult {
  const spec = {
    key: '', workload: 'syscall', image: null, params: {}, technique: parseTechnique(technique, registry), host: 'nehalem-2009',
    clock: 'cycles', maxInstructions: 1, memoryMiB: 64, append: '', samples: 0,
  } as const;
  const {reason: _, ...blank} = unfinished(spec, 'error', {reason: ''});
  return {
    ...blank, outcome: 'completed', exitCode: EXPECTED, claimsEquivalence: true,
    equivalence: {verdict: 'equivalent', clock: 'instructions', detail: ''}, ...changes,
  };
}

const SHADOW = 'hardware-assisted+shadow';
const unequal = {equivalence: {verdict: 'not-equivalent', clock: 'instructions', detail: ''}} as const;
const noClaim = {claimsEquivalence: false} as const;

const ROWS: ReadonlyArray<readonly [what: string, code: number, cells: readonly CellResult[], complete?: boolean, expected?: number | null]> = [
  ['all as expected', 0, [cell('native'), cell(SHADOW)]],
  ['a refused cell', 0, [cell('native'), cell(SHADOW, {outcome: 'refused', ...noClaim})]],
  ["an exit code that is not native's", 1, [cell('native', {workload: 'x'}), cell(SHADOW, {workload: 'x', exitCode: 3})], true, null],
  ["an exit code that is not the workload's, without native", 1, [cell(SHADOW, {exitCode: 3})]],
  ["an exit code that is not the workload's, native alone", 1, [cell('native', {exitCode: 3})]],
  ['an image may end with any exit code', 0, [cell('native', {exitCode: 3}), cell(SHADOW, {exitCode: 3})], true, null],
  ['a triple fault', 1, [cell('native'), cell(SHADOW, {outcome: 'triple-fault', exitCode: null})]],
  ['an image that never ends', 1, [cell('native', {outcome: 'budget', exitCode: null})], true, null],
  ['a claim that does not hold', 4, [cell('native'), cell(SHADOW, unequal)]],
  ['a claim that does not hold and a failed cell', 4, [cell('native', {exitCode: 3}), cell(SHADOW, unequal)]],
  ['no claim, not equivalent', 0, [cell('native'), cell(SHADOW, {...unequal, ...noClaim})]],
  ['no claim, another outcome', 0, [cell('native'), cell(SHADOW, {outcome: 'triple-fault', exitCode: null, ...noClaim})]],
  ['an error, with or without a claim', 1, [cell('native'), cell(SHADOW, {outcome: 'error', exitCode: null, ...noClaim})]],
  ['interrupted, whatever else', 130, [cell('native', {exitCode: 3}), cell(SHADOW, unequal)], false],
  ['interrupted before anything ended', 130, [], false],
  ['native of other parameters is no reference', 0, [cell('native', {params: {n: 1}, exitCode: 3}), cell(SHADOW, {params: {n: 2}})].slice(1)],
];

for (const [what, code, cells, complete = true, expected = EXPECTED] of ROWS) {
  test(`${what}: exit ${code}`, t => {
    t.is(exitCodeOf({schemaVersion: 1, complete, environment: {} as RunResult['environment'], cells}, () => expected), code);
  });
}

const PRECEDENCE: ReadonlyArray<readonly [codes: readonly number[], decides: number]> = [
  [[], 0], [[0, 0], 0], [[0, 1], 1], [[1, 4], 4], [[4, 2], 2], [[2, 130], 130], [[1, 4, 130, 0], 130], [[0, 3], 3],
];

for (const [codes, decides] of PRECEDENCE) test(`of ${JSON.stringify(codes)} ${decides} decides`, t => t.is(strongest(codes), decides));
