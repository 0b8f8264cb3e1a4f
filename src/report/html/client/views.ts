// From the page's data to its pictures and to the detail of one cell. Pure: the writer of the report makes the first view with
// these, the page every other.
import {formatCount, formatPerOperation, formatShare, formatSlowdown} from '../../format.ts';
import type {PageCell, PageData} from '../data.ts';
import {slowdownBars} from './bars.ts';
import {flowDiagram, type FlowEdge} from './flow.ts';
import {escapeHtml} from './markup.ts';
import {categoryLegend, categoryStacks} from './stack.ts';
import {sweepLines} from './sweep.ts';

/** Pictures beyond this would be a wall; the filter brings what is wanted. */
const MOST_GROUPS = 30;

const noteOf = (shown: number, all: number, what: string): string =>
  shown < all ? `<p class="note">${shown} of ${all} ${what} are drawn; the filter chooses others.</p>` : '';

export function barsView(data: PageData, cells: readonly PageCell[], host: number): string {
  const ofHost = cells.filter(cell => cell.host === host && cell.slow !== null && data.techniques[cell.tech] !== 'native');
  const rows = [...new Set(ofHost.map(({row}) => row))];
  const shown = new Set(rows.slice(0, MOST_GROUPS));
  const bars = ofHost.filter(({row}) => shown.has(row)).map(cell =>
    ({group: data.rows[cell.row].label, name: data.techniques[cell.tech], value: cell.slow!, best: cell.best}));
  if (bars.length === 0) return '<p class="note">Nothing here can be compared with native.</p>';
  return slowdownBars(bars) + noteOf(shown.size, rows.length, 'workloads');
}

export function stacksView(data: PageData, cells: readonly PageCell[], {host, row}: {readonly host: number; readonly row: number}): string {
  const chosen = cells.filter(cell => cell.host === host && cell.row === row && cell.state !== 'refused');
  const stacks = chosen.slice(0, MOST_GROUPS).map(cell => ({name: data.techniques[cell.tech], parts: cell.cats}));
  if (stacks.length === 0) return '<p class="note">No cell of this workload ran here.</p>';
  const names = data.categories.map(({name}) => name);
  return categoryLegend(stacks, data.categories) + categoryStacks(stacks, names) + noteOf(stacks.length, chosen.length, 'techniques');
}

const per = ({ops}: PageCell, count: number): number => (ops > 0 ? count / ops : count);

export function flowView(data: PageData, cell: PageCell): string {
  const groups = Map.groupBy(cell.edges, ([edge]) => `${data.edges[edge].from} ${data.edges[edge].to}`);
  const edges = [...groups.values()].map((group): FlowEdge => {
    const {from, to} = data.edges[group[0][0]];
    const says = group.map(([edge, count]) =>
      `${data.edges[edge].kind} ${data.edges[edge].reason} ${data.edges[edge].detail}: ${formatPerOperation(per(cell, count))}`);
    return {from, to, count: per(cell, group.reduce((sum, [, count]) => sum + count, 0)), says: says.join('\n')};
  });
  return flowDiagram(edges) || '<p class="note">No mode switches.</p>';
}

export interface Sweep {
  readonly workload: string;
  readonly param: string;
}

/** Parameters that have several numbers in the report, by workload. */
export function sweeps({rows}: PageData): Sweep[] {
  return [...Map.groupBy(rows, ({workload}) => workload)].flatMap(([workload, same]) => Object.keys(same[0].params).toSorted().flatMap(param => {
    const values = new Set(same.map(({params}) => params[param]).filter(value => typeof value === 'number'));
    return values.size > 1 ? [{workload, param}] : [];
  }));
}

export type SweepFigure = 'slow' | 'cycles' | 'exits' | 'switches';
export const SWEEP_TITLES: Readonly<Record<SweepFigure, string>> = {
  slow: 'slowdown', cycles: 'cycles an operation', exits: 'exits an operation', switches: 'switches an operation',
};

export function sweepView(data: PageData, cells: readonly PageCell[],
  {sweep, host, figure}: {readonly sweep: Sweep; readonly host: number; readonly figure: SweepFigure}): string {
  const chosen = cells.filter(cell => cell.host === host && data.rows[cell.row].workload === sweep.workload && cell.state === 'completed');
  const lines = [...Map.groupBy(chosen, ({tech}) => tech)].map(([tech, ofTech]) => ({
    name: data.techniques[tech],
    points: ofTech.flatMap(cell => {
      const [x, y] = [data.rows[cell.row].params[sweep.param], cell[figure]];
      return typeof x === 'number' && y !== null ? [[x, y] as const] : [];
    }),
  })).filter(({points}) => points.length > 0);
  return sweepLines(lines, {x: `${sweep.workload}: ${sweep.param}`, y: SWEEP_TITLES[figure]}) || '<p class="note">No cell to draw here.</p>';
}

const table = (caption: string, head: readonly string[], rows: readonly (readonly string[])[], numeric: number): string => (rows.length === 0 ? '' :
  `<table><caption>${caption}</caption><thead><tr>${head.map((name, at) => `<th scope="col"${at >= numeric ? ' class="n"' : ''}>${name}</th>`).join('')}</tr></thead><tbody>`
  + `${rows.map(row => `<tr>${row.map((text, at) => `<td${at >= numeric ? ' class="n"' : ''}>${text}</td>`).join('')}</tr>`).join('')}</tbody></table>`);

function switchTable(data: PageData, cell: PageCell): string {
  const total = cell.edges.reduce((sum, [, count]) => sum + count, 0);
  const rows = cell.edges.map(([edge, count]) => {
    const {from, to, kind, reason, detail, exit, meaning} = data.edges[edge];
    return [...[`${from} → ${to}`, kind, reason, detail].map(escapeHtml), exit ? 'exit' : '', escapeHtml(meaning), formatCount(count),
      formatPerOperation(per(cell, count)), formatShare(count, total)];
  });
  return table('Mode switches', ['edge', 'kind', 'reason', 'detail', '', 'meaning', 'count', 'per operation', 'share'], rows, 6);
}

function eventTable(data: PageData, cell: PageCell): string {
  const dearest = cell.events.toSorted(([, a, x], [, b, y]) => b * y - a * x);
  const total = dearest.reduce((sum, [, count, unit]) => sum + count * unit, 0);
  const rows = dearest.map(([event, count, unit]) => {
    const {name, category, grade, meaning} = data.events[event];
    return [escapeHtml(name), category, grade, escapeHtml(meaning), formatCount(count), formatCount(unit), formatCount(count * unit),
      formatShare(count * unit, total)];
  });
  return table('Events and their costs', ['event', 'category', 'grade', 'meaning', 'count', 'unit cost', 'cycles', 'share'], rows, 4);
}

/** Everything the page knows of one cell. */
export function cellView(data: PageData, cell: PageCell): string {
  const {row, tech, host, state, slow, cycles, exits, switches, ops, cats} = cell;
  const facts = state === 'refused' ? ''
    : `<p>${formatPerOperation(cycles)} modelled cycles${ops > 0 ? ' an operation' : ''}${slow === null ? '' : `, <b>${formatSlowdown(slow)}</b> against native`}; `
    + `${formatPerOperation(exits)} exits, ${formatPerOperation(switches)} mode switches${ops > 0 ? ` (${formatCount(ops)} operations)` : ''}; ${cell.est.toFixed(1)}% of the cycles rest on estimates.</p>`;
  const stack = [{name: data.techniques[tech], parts: cats}];
  return `<h3>${escapeHtml(data.rows[row].label)} | ${escapeHtml(data.techniques[tech])} | ${escapeHtml(data.hosts[host])}</h3><p class="note">${escapeHtml(data.names[tech])}${state === 'completed' ? '' : `: <b>${escapeHtml(state)}</b>`}</p>`
    + `${facts}<ul>${cell.says.map(line => `<li>${escapeHtml(line)}</li>`).join('')}</ul>${state === 'refused' ? '' : `${flowView(data, cell)}${categoryLegend(stack, data.categories)}${categoryStacks(stack, data.categories.map(({name}) => name))}`}`
    + `${switchTable(data, cell)}${eventTable(data, cell)}${cell.console === '' ? '' : `<h4>Console, its end</h4><pre>${escapeHtml(cell.console)}</pre>`}`;
}
