// The report as one HTML file that needs nothing else: findings, a matrix for each host, pictures, a table of all cells that sorts
// and filters, each cell in detail, words and limits. Made so that it reads without its script too.
import type {RunResult} from '../../lab/result.ts';
import {MARKS, legend, cellFace} from '../cell-face.ts';
import {formatDuration, formatSlowdown} from '../format.ts';
import {GRADE_MEANINGS, CATEGORY_MEANINGS, COLUMN_MEANINGS, CONTEXT_MEANINGS, KIND_MEANINGS} from '../glossary.ts';
import {buildMatrix, matrixRows, runEntries} from '../matrix.ts';
import {printable} from '../printable.ts';
import {summarize} from '../summary.ts';
import {escapeHtml} from './client/markup.ts';
import {headRow, bodyRows} from './client/table.ts';
import {barsView, cellView, stacksView, sweeps, sweepView, SWEEP_TITLES} from './client/views.ts';
import {pageData, type PageCell, type PageData} from './data.ts';
import {pageScript} from './script.ts';
import {STYLE} from './style.ts';

const text = (words: string): string => escapeHtml(printable(words));

/** A cell of the matrix: the redder the slower; no colour says anything that the figure does not. */
function figure(cell: PageCell | undefined, number: number): string {
  if (cell === undefined) return '<td></td>';
  const shown = cell.state === 'refused' ? MARKS.refused : cell.state === 'completed' ? (cell.slow === null ? '?' : formatSlowdown(cell.slow)) : `${MARKS.failed} ${cell.state}`;
  const marks = `${cell.best ? ' *' : ''}${cell.verdict === 'not-equivalent' ? ` ${MARKS.different}` : ''}`;
  const heat = cell.slow === null || cell.slow <= 1 ? 0 : Math.min(55, Math.round(Math.log10(cell.slow) * 20));
  return `<td class="n heat${cell.best ? ' best' : ''}${cell.state === 'refused' ? ' refused' : ''}" style="--h:${heat}%" data-cell="${number}" tabindex="0">${escapeHtml(shown + marks)}</td>`;
}

function hostTable(data: PageData, host: number, numbers: ReadonlyMap<string, number>): string {
  const rows = data.rows.map(({label}, row) => {
    const ofRow = data.techniques.map((_, tech) => numbers.get(`${row} ${tech} ${host}`));
    if (ofRow.every(number => number === undefined)) return '';
    return `<tr><th scope="row">${escapeHtml(label)}</th>${ofRow.map(number => figure(number === undefined ? undefined : data.cells[number], number ?? 0)).join('')}</tr>`;
  });
  const head = data.techniques.map((name, tech) => `<th scope="col" class="n" title="${escapeHtml(data.names[tech])}">${escapeHtml(name).replaceAll(/(?=[+@[])/g, '<wbr>')}</th>`);
  return `<h3>${escapeHtml(data.hosts[host])}</h3><div class="scroll"><table><thead><tr><th scope="col">workload</th>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function matrixSection(run: RunResult, data: PageData): string {
  const numbers = new Map(data.cells.map(({row, tech, host}, number) => [`${row} ${tech} ${host}`, number]));
  const faces = matrixRows(buildMatrix(runEntries(run))).flatMap(row => row.cells.map(cell => cellFace(cell, 'slowdown')));
  return `<h2 id="matrix">Slowdown against native</h2><p class="note">${text(COLUMN_MEANINGS.slowdown)}. A figure leads to its cell. ${legend(faces).map(text).join('; ')}.</p>`
    + data.hosts.map((_, host) => hostTable(data, host, numbers)).join('');
}

const choice = (id: string, label: string, options: readonly string[]): string =>
  `<label>${label} <select id="${id}">${options.map((name, at) => `<option value="${at}">${escapeHtml(name)}</option>`).join('')}</select></label>`;

/** The workload with the widest spread makes the first picture worth a look. */
function widestRow({cells, rows}: PageData): number {
  const spread = rows.map((_, row) => Math.max(1, ...cells.filter(cell => cell.row === row && cell.host === 0).map(({slow}) => slow ?? 1)));
  return spread.indexOf(Math.max(...spread));
}

function pictures(data: PageData): string {
  const row = widestRow(data);
  const found = sweeps(data);
  const rowOptions = data.rows.map(({label}, at) => `<option value="${at}"${at === row ? ' selected' : ''}>${escapeHtml(label)}</option>`).join('');
  const lines = found.length === 0 ? '' : `<h3>Over a parameter</h3><div class="controls">${choice('sweep', 'parameter', found.map(({workload, param}) => `${workload}: ${param}`))}`
    + `<label>figure <select id="figure">${Object.entries(SWEEP_TITLES).map(([name, title]) => `<option value="${name}">${title}</option>`).join('')}</select></label></div>`
    + `<div id="lines" class="scroll">${sweepView(data, data.cells, {sweep: found[0], host: 0, figure: 'slow'})}</div>`;
  return `<h2 id="pictures">Pictures</h2><div class="controls">${choice('host', 'host', data.hosts)}<label>workload <select id="row">${rowOptions}</select></label></div>`
    + `<h3>Where the cycles of one workload go</h3><div id="stacks" class="scroll">${stacksView(data, data.cells, {host: 0, row})}</div>${lines}`
    + `<h3>Slowdown of each technique</h3><p class="note">Logarithmic; bare metal at 1. * fewest cycles of the workload.</p><div id="bars" class="scroll">${barsView(data, data.cells, 0)}</div>`;
}

const WITHOUT_SCRIPT = 25;

function cellsSection(data: PageData): string {
  const [first] = data.cells.filter(({state, edges}) => state === 'completed' && edges.length > 0).toSorted((a, b) => (b.slow ?? 0) - (a.slow ?? 0));
  return `<h2 id="cells">Cells</h2><div class="controls"><label>filter <input id="filter" type="search" placeholder="words: workload, technique, host, state"></label><span id="shown" class="soft"></span></div>`
    + `<div class="scroll"><table id="table"><thead id="head">${headRow({column: -1, down: false})}</thead><tbody id="body">${bodyRows(data.cells.slice(0, WITHOUT_SCRIPT), data)}</tbody></table></div>`
    + `<button id="more" type="button">more</button><h2>One cell</h2><p class="note screen">Choose a row or a figure; this one has the largest slowdown.</p><div id="cell" class="scroll" tabindex="-1">${first ? cellView(data, first) : ''}</div>`;
}

const definitions = (words: Readonly<Record<string, string>>): string =>
  `<dl>${Object.entries(words).map(([word, meaning]) => `<dt>${escapeHtml(word)}</dt><dd>${escapeHtml(meaning)}</dd>`).join('')}</dl>`;

function lastSections({environment}: RunResult): string {
  const {worldswitch, node, platform, cpuModel, cpuCount, startedAt, finishedAt, elapsedMs, command, simplifications} = environment;
  const facts = {worldswitch, Node: node, platform, processor: `${cpuModel} (${cpuCount})`, started: startedAt, finished: finishedAt, took: formatDuration(elapsedMs), command: command.join(' ')};
  return `<h2 id="words">Words</h2>${[CONTEXT_MEANINGS, KIND_MEANINGS, CATEGORY_MEANINGS, GRADE_MEANINGS, COLUMN_MEANINGS].map(definitions).join('<hr>')}`
    + `<h2 id="limits">What the model leaves out</h2><ul>${simplifications.map(line => `<li>${text(line)}</li>`).join('')}</ul>`
    + `<h2 id="environment">Environment</h2><p class="note">Modelled cycles do not depend on this computer; measured milliseconds do.</p>${definitions(Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, printable(fact)])))}`;
}

/** The whole page; the same run gives the same bytes. */
export function formatHtml(run: RunResult): string {
  const data = pageData(run);
  const json = JSON.stringify(data).replaceAll('<', String.raw`\u003c`);
  const links = ['matrix', 'pictures', 'cells', 'words', 'limits', 'environment'].map(id => `<a href="#${id}">${id}</a>`).join('');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>worldswitch report</title><style>${STYLE}</style></head><body>
<header><h1>worldswitch report</h1><button id="theme" type="button">light / dark</button></header><nav>${links}</nav>
${run.complete ? '' : '<p class="bad">Interrupted: only the cells that had ended are in this report.</p>'}${summarize(run).map(sentence => `<p class="finding">${text(sentence)}</p>`).join('')}
${matrixSection(run, data)}${pictures(data)}${cellsSection(data)}${lastSections(run)}
<script type="application/json" id="data">${json}</script><script>${pageScript()}</script>
</body></html>
`;
}
