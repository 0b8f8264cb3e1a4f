import {runInNewContext, Script} from 'node:vm';
import test from 'ava';
import type {CellResult} from '../../lab/result.ts';
import {refusedCell, testingCell, testingCells, testingRun} from '../testing-run.ts';
import {slowdownBars} from './client/bars.ts';
import {flowDiagram} from './client/flow.ts';
import {linearScale, logScale, tickText} from './client/scale.ts';
import {categoryStacks} from './client/stack.ts';
import {sweepLines} from './client/sweep.ts';
import {bodyRows, COLUMNS, filtered, sorted} from './client/table.ts';
import {cellView, flowView, sweeps, sweepView} from './client/views.ts';
import {pageData, type PageData} from './data.ts';
import {formatHtml} from './html.ts';
import {pageScript} from './script.ts';

const HOST = 'nehalem-2009';
const SHADOW = 'hardware-assisted+shadow[policy=unsync]+emulated@hypervisor';
const run = testingRun();
const data = pageData(run);
const page = formatHtml(run);

test('the page loads nothing: no address, and a policy that would forbid it', t => {
  t.is(/(?:src|href)="(?!#)/.exec(page), null);
  t.is(/https?:\/\/(?!www\.w3\.org)/.exec(page.replaceAll(/<dd>[^<]*<\/dd>/g, '')), null);
  t.regex(page, /Content-Security-Policy" content="default-src 'none'/);
});

test('what guests, paths and plugins say cannot become markup, in the text, the data or the script', t => {
  const evil = '</script><img src=x onerror=alert(1)>\u0007\u202E';
  const cell: CellResult = {
    ...testingCell('pgfault', SHADOW, HOST), workload: evil, console: `${evil}\n`, notes: [evil], outcome: 'error', reason: evil, statistics: {[evil]: 1},
    params: {[evil]: evil}, equivalence: {verdict: 'not-equivalent', clock: null, detail: evil}, technique: {...testingCell('in', SHADOW, HOST).technique, name: `a+b+${evil}@d`},
  };
  const marked = formatHtml(testingRun([cell, {...cell, outcome: 'completed', host: evil}], {environment: {...run.environment, command: [evil], cpuModel: evil}}));
  t.is(marked.match(/<\/script>/g)!.length, 2);
  t.false(/<img/.test(marked));
  t.false(['\u0007', '\u202E'].some(character => marked.includes(character)));
  t.notThrows(() => JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/s.exec(marked)![1]) as PageData);
});

test('without its script the page shows findings, matrices, pictures, cells, words, limits and environment', t => {
  for (const id of ['matrix', 'pictures', 'cells', 'words', 'limits', 'environment']) t.true(page.includes(`<h2 id="${id}">`), id);
  t.true((page.match(/<svg /g) ?? []).length >= 3);
  t.is((page.match(/<td class="n heat/g) ?? []).length, run.cells.length);
  t.true(page.includes('EXCEPTION_NMI'));
});

test('an interrupted run says so', t => t.regex(formatHtml(testingRun(run.cells.slice(0, 3), {complete: false})), /Interrupted: only the cells that had ended/));

test('figures of the data are those of the cells', t => {
  const shadow = data.cells.find(cell => data.names[cell.tech] === SHADOW && data.hosts[cell.host] === HOST && data.rows[cell.row].workload === 'pgfault')!;
  const cell = testingCell('pgfault', SHADOW, HOST);
  t.is(shadow.exits, 2);
  t.is(shadow.cycles, cell.cycles.region / 900);
  t.is(shadow.slow, cell.cycles.region / testingCell('pgfault', 'native', HOST).cycles.region);
  t.is(Math.round(shadow.cats.reduce((sum, each) => sum + each, 0)), Math.round(shadow.cycles));
  t.is(shadow.events.reduce((sum, [, count, unit]) => sum + count * unit, 0), cell.cycles.region);
});

test('the filter keeps cells with every word, whatever the order', t => {
  const found = filtered(data, '  NEHALEM nested  pgfault ');
  t.is(found.length, 1);
  t.is(filtered(data, '').length, data.cells.length);
  t.is(filtered(data, 'refused').length, run.cells.filter(({outcome}) => outcome === 'refused').length);
});

test('sorting goes by value both ways, with empty cells last', t => {
  const slowdown = COLUMNS.findIndex(({name}) => name === 'slowdown');
  const up = sorted(data.cells, {column: slowdown, down: false}, data).map(({slow}) => slow);
  const values = up.filter(value => value !== null);
  t.deepEqual(values, values.toSorted((a, b) => a - b));
  t.deepEqual(up.slice(values.length), up.slice(values.length).map(() => null));
  t.deepEqual(sorted(data.cells, {column: slowdown, down: true}, data).map(({slow}) => slow).slice(0, values.length), values.toReversed());
});

test('rows carry the number of their cell', t => t.regex(bodyRows(data.cells.slice(2, 3), data), /^<tr class="" data-cell="2" tabindex="0"><td>/));

test('a slowdown bar is as long as its logarithm, to the left below 1', t => {
  const picture = slowdownBars([{group: 'g', name: 'a', value: 10, best: false}, {group: 'g', name: 'b', value: 100, best: false}, {group: 'g', name: 'c', value: 0.1, best: true}]);
  const widths = [...picture.matchAll(/<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g)].map(([, x, width]) => [Number(x), Number(width)]);
  t.true(Math.abs(widths[1][1] - 2 * widths[0][1]) < 0.3);
  t.true(Math.abs(widths[2][0] + widths[2][1] - widths[0][0]) < 0.3);
  t.is(slowdownBars([]), '');
});

test('stacked parts fill the bar in proportion', t => {
  const picture = categoryStacks([{name: 'a', parts: [3, 1]}, {name: 'none', parts: [0, 0]}], ['guest', 'vmm']);
  const widths = [...picture.matchAll(/<rect [^>]*width="([\d.]+)"/g)].map(([, width]) => Number(width));
  t.deepEqual(widths, [390, 130]);
  t.false(picture.includes('none'));
});

test('the flow diagram has each context once and each edge with its count', t => {
  const picture = flowDiagram([{from: 'guest-kernel', to: 'vmm', count: 2, says: 'exit'}, {from: 'vmm', to: 'guest-kernel', count: 3, says: 'entry'}]);
  t.is(picture.match(/class="context"/g)!.length, 2);
  t.deepEqual([...picture.matchAll(/class="count[^"]*">([^<]*)</g)].map(([, count]) => count), ['2', '3']);
  t.is(flowDiagram([]), '');
});

test('a cell\'s flow adds up the edges between two contexts', t => {
  const cell = data.cells.find(({tech, row}) => data.names[tech] === SHADOW && data.rows[row].workload === 'pgfault')!;
  t.deepEqual([...flowView(data, cell).matchAll(/class="count[^"]*">([^<]*)</g)].map(([, count]) => count), ['2', '2']);
  t.regex(cellView(data, cell), /pf-hidden/);
});

test('a parameter with several numbers makes lines, one for each technique', t => {
  const cells = [1, 10, 100].flatMap(pages => ['native', SHADOW].map(technique => ({...testingCell('pgfault', technique, HOST), params: {pages, mode: 'a'}})));
  const swept = pageData(testingRun(cells));
  t.deepEqual(sweeps(swept), [{workload: 'pgfault', param: 'pages'}]);
  const picture = sweepView(swept, swept.cells, {sweep: {workload: 'pgfault', param: 'pages'}, host: 0, figure: 'cycles'});
  t.is(picture.match(/<polyline/g)!.length, 2);
  t.is(picture.match(/<circle/g)!.length, 6);
  t.deepEqual(sweeps(data), []);
  t.is(sweepLines([], {x: 'x', y: 'y'}), '');
  t.true(formatHtml(testingRun(cells)).includes('id="sweep"'));
});

test('axes: marked at round values within their range', t => {
  t.deepEqual(logScale(1, 900, 100).ticks, [1, 10, 100]);
  t.deepEqual(logScale(1, 10, 100).ticks, [1, 2, 5, 10]);
  t.is(Math.round(logScale(1, 1000, 300).place(10)), 100);
  t.deepEqual(linearScale(10, 100).ticks, [0, 2, 4, 6, 8, 10]);
  t.is(linearScale(0, 100).place(0), 0);
  t.deepEqual([5e6, 1234, 20_000, 0.05].map(tickText), ['5M', '1230', '20k', '0.05']);
});

/** As much of a browser as the page's script asks for. */
function browser(html: string, hash = '') {
  const listeners = new Map<string, (event: object) => void>();
  const elements = new Map<string, Record<string, unknown>>();
  const element = (id: string): Record<string, unknown> | null => {
    if (!html.includes(`id="${id}"`)) return null;
    if (!elements.has(id)) {
      elements.set(id, {
        textContent: id === 'data' ? JSON.stringify(data) : '', value: '0', innerHTML: '', scrollIntoView() {}, focus() {},
        addEventListener: (name: string, heard: (event: object) => void) => listeners.set(`${id} ${name}`, heard),
      });
    }
    return elements.get(id)!;
  };
  const document = {getElementById: element, documentElement: {dataset: {}}, addEventListener: (name: string, heard: (event: object) => void) => listeners.set(`document ${name}`, heard)};
  runInNewContext(pageScript(), {document, location: {hash}, matchMedia: () => ({matches: false}), setTimeout: (work: () => void) => { work(); }, clearTimeout() {}});
  const clicked = (dataset: object): void => listeners.get('document click')!({target: {closest: () => ({dataset})}});
  return {element: (id: string) => element(id)!, clicked, heard: (name: string) => listeners.get(name)!};
}

test('the script is one that parses, and draws the first rows', t => {
  t.notThrows(() => new Script(pageScript()));
  const {element} = browser(page);
  t.is((element('body')['innerHTML'] as string).match(/<tr /g)!.length, Math.min(25, data.cells.length));
});

test('in the page: a heading sorts and turns, the filter narrows table and bars, a row opens its cell', t => {
  const {element, clicked, heard} = browser(page);
  const first = (): string => /data-cell="(\d+)"/.exec(element('body')['innerHTML'] as string)![1];
  const cycles = COLUMNS.findIndex(({name}) => name === 'cycles');
  clicked({column: String(cycles)});
  const least = first();
  clicked({column: String(cycles)});
  t.not(first(), least);
  t.is(Number(first()), data.cells.indexOf(sorted(data.cells, {column: cycles, down: true}, data)[0]));
  element('filter')['value'] = 'pgfault nested';
  heard('filter input')({});
  t.is(element('shown')['textContent'], `2 of 2 cells (${data.cells.length} in all)`);
  t.false((element('bars')['innerHTML'] as string).includes('syscall'));
  clicked({cell: '4'});
  t.is(element('cell')['innerHTML'], cellView(data, data.cells[4]));
});

test('a link leads to its cell', t => t.is(browser(page, '#cell-7').element('cell')['innerHTML'], cellView(data, data.cells[7])));

test('a refused cell is a dash and tells why', t => {
  const refused = pageData(testingRun([testingCell('pgfault', 'native', HOST), refusedCell('pgfault', SHADOW, {host: HOST, reason: 'lacks it'})]));
  t.regex(cellView(refused, refused.cells[1]), /refused[^]*lacks it/);
});

test('ten thousand cells: seconds at most, and a page of a few megabytes', t => {
  const cells = Array.from({length: 160}, (_, at) => testingCells().map(cell => ({...cell, params: {operations: at}}))).flat().slice(0, 10_000);
  const before = process.cpuUsage();
  const large = formatHtml(testingRun(cells));
  const {user, system} = process.cpuUsage(before);
  t.true((user + system) / 1e6 < 10, `${(user + system) / 1e6} s of processor time`);
  t.true(large.length < 12e6, String(large.length));
});
