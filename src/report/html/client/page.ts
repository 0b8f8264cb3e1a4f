// The page's own part: reads the data it carries, answers filters, choices and clicks, draws again what changed. The only file
// of the report that knows a browser.
/// <reference lib="dom" />
import type {PageCell, PageData} from '../data.ts';
import {bodyRows, filtered, headRow, sorted} from './table.ts';
import {barsView, cellView, stacksView, sweeps, sweepView, type SweepFigure} from './views.ts';

const WINDOW = 25;

const element = (id: string): HTMLElement => document.getElementById(id)!;
const valueOf = (id: string): string => (element(id) as HTMLInputElement | HTMLSelectElement).value;
const show = (id: string, html: string): void => { element(id).innerHTML = html; };
const chosen = (id: string): number => Number(valueOf(id));

const data = JSON.parse(element('data').textContent) as PageData;
const state = {order: {column: 0, down: false}, unordered: true, rows: WINDOW};
let cells: PageCell[] = [...data.cells];

function drawTable(): void {
  const ordered = state.unordered ? cells : sorted(cells, state.order, data);
  show('head', headRow(state.unordered ? {column: -1, down: false} : state.order));
  show('body', bodyRows(ordered.slice(0, state.rows), data));
  const shown = Math.min(state.rows, ordered.length);
  element('more').hidden = shown === ordered.length;
  element('shown').textContent = `${shown} of ${ordered.length} cells${ordered.length < data.cells.length ? ` (${data.cells.length} in all)` : ''}`;
}

function drawCharts(): void {
  const host = chosen('host');
  show('bars', barsView(data, cells, host));
  show('stacks', stacksView(data, data.cells, {host, row: chosen('row')}));
  const sweep = sweeps(data)[document.getElementById('sweep') ? chosen('sweep') : -1];
  if (sweep) show('lines', sweepView(data, data.cells, {sweep, host, figure: valueOf('figure') as SweepFigure}));
}

function openCell(number: number): void {
  const cell = data.cells[number];
  if (!cell) return;
  show('cell', cellView(data, cell));
  element('cell').scrollIntoView({block: 'start'});
  element('cell').focus({preventScroll: true});
}

function sortBy(column: number): void {
  state.order = {column, down: !state.unordered && state.order.column === column ? !state.order.down : false};
  state.unordered = false;
  drawTable();
}

/** What was clicked, or has the focus: a heading, or a row or figure that stands for a cell. */
function activate(target: EventTarget | null): void {
  const hit = (target as Element | null)?.closest<HTMLElement>('[data-column], [data-cell]');
  if (hit?.dataset['column'] !== undefined) sortBy(Number(hit.dataset['column']));
  else if (hit?.dataset['cell'] !== undefined) openCell(Number(hit.dataset['cell']));
}

let waiting: ReturnType<typeof setTimeout> | undefined;
element('filter').addEventListener('input', () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    cells = filtered(data, valueOf('filter'));
    state.rows = WINDOW;
    drawTable();
    drawCharts();
  }, 120);
});
document.addEventListener('click', ({target}) => activate(target));
document.addEventListener('keydown',
  event => { if (event.key === 'Enter' && (event.target as Element).matches('[data-cell]')) activate(event.target); });
element('more').addEventListener('click', () => {
  state.rows += 20 * WINDOW;
  drawTable();
});
for (const id of ['host', 'row', 'sweep', 'figure']) document.getElementById(id)?.addEventListener('change', drawCharts);
element('theme').addEventListener('click', () => {
  const root = document.documentElement;
  const dark = root.dataset['theme'] ? root.dataset['theme'] === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset['theme'] = dark ? 'light' : 'dark';
});
drawTable();
const linked = /^#cell-(\d+)$/.exec(location.hash)?.[1];
if (linked !== undefined) openCell(Number(linked));
