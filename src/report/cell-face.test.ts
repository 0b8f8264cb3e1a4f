import test from 'ava';
import type {CellResult} from '../lab/result.ts';
import {cellFace, legend, VALUE_MODES} from './cell-face.ts';
import type {MatrixCell} from './matrix.ts';
import {refusedCell, testingCell} from './testing-run.ts';

const TECHNIQUE = 'hardware-assisted+shadow[policy=unsync]+emulated@hypervisor';
const HOST = 'nehalem-2009';
const native = testingCell('in', 'native', HOST);
const result = testingCell('in', TECHNIQUE, HOST);

const cell = (changes: Partial<MatrixCell> = {}): MatrixCell =>
  ({rowKey: 'in', workload: 'in', technique: TECHNIQUE, host: HOST, status: 'done', result, native, fastest: false, ...changes});
const changed = (changes: Partial<CellResult>): MatrixCell => cell({result: {...result, ...changes}});
const verdict = (word: 'not-equivalent' | 'not-checked', claimsEquivalence: boolean): MatrixCell =>
  changed({claimsEquivalence, equivalence: {verdict: word, clock: null, detail: ''}});

const rows: readonly [string, MatrixCell | null, string][] = [
  ['a figure', cell(), '41.69x'],
  ['the fastest', cell({fastest: true}), '41.69x *'],
  ['a figure without bare metal', cell({native: null}), '1,088,100 Σ'],
  ['one that differs and may', verdict('not-equivalent', false), '41.69x ≠'],
  ['one that differs and claims not to', verdict('not-equivalent', true), '41.69x ≠!'],
  ['one not checked', verdict('not-checked', true), '41.69x ?'],
  ['bare metal, whose verdict says nothing', cell({technique: 'native', result: {...native, equivalence: {verdict: 'not-checked', clock: null, detail: ''}}}), '1.00x'],
  ['a refused cell', cell({result: refusedCell('in', TECHNIQUE, {host: HOST, reason: 'r'})}), '–'],
  ['a waiting cell', cell({status: 'waiting', result: null}), '·'],
  ['a running cell', cell({status: 'running', result: null}), '…'],
  ['a guest that lost its way', changed({outcome: 'triple-fault'}), '✗ triple-fault'],
  ['another exit code than bare metal', changed({exitCode: 35}), '✗ exit 35'],
  ['a cell outside the plan', null, ''],
];

for (const [what, shown, expected] of rows) {
  test(`${what} shows as ${JSON.stringify(expected)}`, (t) => {
    const {text, mark} = cellFace(shown, 'slowdown');
    t.is([text, mark].filter((part) => part !== '').join(' '), expected);
  });
}

test('every mode has its figure, and the region where the workload marks no operations', (t) => {
  t.deepEqual(VALUE_MODES.map((mode) => cellFace(cell(), mode).text), ['41.69x', '1,209', '1', '2']);
  t.deepEqual(VALUE_MODES.map((mode) => cellFace(changed({perOperation: null}), mode).text), ['41.69x', '1,088,100 Σ', '900 Σ', '1,800 Σ']);
});

test('the legend explains exactly the marks that occur', (t) => {
  t.deepEqual(legend([cellFace(cell(), 'slowdown')]), []);
  const both = cellFace(cell({fastest: true, result: {...result, equivalence: {verdict: 'not-checked', clock: null, detail: ''}}}), 'slowdown');
  t.deepEqual(legend([both]), ['* fewest cycles of its row', '? equivalence not checked']);
  t.deepEqual(legend([cellFace(verdict('not-equivalent', true), 'slowdown')]), ['≠! not equivalent to bare metal though claimed']);
  t.deepEqual(legend(rows.slice(2, 3).map(([, shown]) => cellFace(shown, 'slowdown'))), ['Σ sum of the whole region, related to nothing']);
});
