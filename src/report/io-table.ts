// The table of I/O paths as Markdown, as comma-separated values and as JSON. The same rows and figures in each.
import {IO_FIGURES, type IoFigure} from '../lab/tables/io-figures.ts';
import type {IoRow, IoTable} from '../lab/tables/io-table.ts';
import {IO_OPERATIONS} from '../lab/tables/io-ways.ts';
import {formatPerOperation} from './format.ts';
import {codeSpan, escapeMarkdown, table} from './markdown-text.ts';

export const TABLE_FORMATS = ['md', 'csv', 'json'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

const FIGURES = Object.keys(IO_FIGURES) as IoFigure[];
const HEADINGS: Readonly<Record<IoFigure, string>> = {
  cycles: 'cycles', busy: 'busy cycles', exits: 'exits', worldSwitches: 'world switches', domainSwitches: 'domain switches', processSwitches: 'process switches',
  systemCalls: 'system calls', switches: 'all switches', kicks: 'kicks', interrupts: 'interrupts', grants: 'grants', copiedKib: 'KiB copied',
};

/** Cycles in whole ones, counts with as many digits as make them out. */
const figureText = (figure: IoFigure, value: number): string =>
  formatPerOperation(figure === 'cycles' || figure === 'busy' ? Math.round(value) : Number(value.toFixed(2)));

function section(title: string, rows: readonly IoRow[], reasons: readonly string[]): string[] {
  const head = ['way', 'where', 'depth', ...FIGURES.map(figure => HEADINGS[figure])];
  const body = withoutRepeats(rows).map(({way, architecture, depth, figures, reason}) => [
    escapeMarkdown(way), architecture === EVERYWHERE ? architecture : codeSpan(architecture), depth,
    ...FIGURES.map((figure, at) => (figures ? figureText(figure, figures[figure]) : at === 0 ? `– (${reasons.indexOf(reason ?? '') + 1})` : '–')),
  ]);
  return [`## Per ${title}`, '', table([head, ...body], {align: ['l', 'l', 'l', ...FIGURES.map(() => 'r')]}), ''];
}

const EVERYWHERE = 'anywhere', ANY_DEPTH = 'any';

/** A way that is missing everywhere for one reason is one row. */
function withoutRepeats(rows: readonly IoRow[]): readonly IoRow[] {
  return [...Map.groupBy(rows, ({way}) => way).values()].flatMap(group => {
    const reasons = new Set(group.map(({reason}) => reason));
    return reasons.size === 1 && group[0].reason !== null ? [{...group[0], architecture: EVERYWHERE, depth: ANY_DEPTH}] : group;
  });
}

export function ioTableMarkdown({complete, host, rows}: IoTable): string {
  const reasons = [...new Set(rows.flatMap(({reason}) => (reason === null ? [] : [reason])))];
  const lines = [
    `# Switches and modelled cycles of I/O on ${host}`, '',
    ...(complete ? [] : ['**Interrupted:** what had not ended is a dash.', '']),
    'Each figure is that of the measured region divided by its operations. A disk request reads 4 KiB; depth is how many operations are under way at once,',
    '`together` when they are handed over before the device is told.', '',
    ...IO_OPERATIONS.flatMap(operation => section(operation, rows.filter(row => row.operation === operation), reasons)),
    ...FIGURES.map(figure => `- ${HEADINGS[figure]}: ${IO_FIGURES[figure]}`),
    ...(reasons.length === 0 ? [] : ['', ...reasons.map((reason, at) => `${at + 1}. ${escapeMarkdown(reason)}`)]),
  ];
  return `${lines.join('\n')}\n`;
}

const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Full figures, one line for each row. */
export function ioTableCsv({host, rows}: IoTable): string {
  const lines = [['host', 'operation', 'way', 'where', 'depth', 'technique', ...FIGURES, 'reason'], ...rows.map(row => [
    host, row.operation, row.way, row.architecture, row.depth, row.technique, ...FIGURES.map(figure => String(row.figures?.[figure] ?? '')), row.reason ?? '',
  ])];
  return lines.map(line => `${line.map(quoted).join(',')}\n`).join('');
}

export const ioTableJson = (result: IoTable): string => `${JSON.stringify(result, null, 2)}\n`;

export const TABLE_WRITERS: Readonly<Record<TableFormat, (result: IoTable) => string>> = {md: ioTableMarkdown, csv: ioTableCsv, json: ioTableJson};
