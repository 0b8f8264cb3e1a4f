// The formats of reports: the name `--format` takes, the file each is written to, and its writer.
import type {RunResult} from '../lab/result.ts';
import {formatCsv} from './csv/csv.ts';
import {formatHtml} from './html/html.ts';
import {formatBencher} from './interop/bencher.ts';
import {formatBenchmarkAction} from './interop/benchmark-action.ts';
import {formatJunit} from './interop/junit.ts';
import {formatJson} from './json.ts';
import {formatMarkdown} from './markdown.ts';

interface Format {
  readonly file: string;
  readonly meaning: string;
  readonly write: (run: RunResult) => string;
}

const FORMATS = {
  json: {file: 'latest.json', meaning: 'the whole result; schema: src/report/report.schema.json', write: formatJson},
  md: {file: 'latest.md', meaning: 'Markdown, every cell in detail', write: formatMarkdown},
  csv: {file: 'latest.csv', meaning: 'one fact a row', write: formatCsv},
  html: {file: 'latest.html', meaning: 'one page with pictures and a table that sorts and filters', write: formatHtml},
  junit: {file: 'latest.junit.xml', meaning: 'equivalence as JUnit test cases', write: formatJunit},
  'benchmark-action': {file: 'latest.benchmark-action.json', meaning: 'for github-action-benchmark, customSmallerIsBetter', write: formatBenchmarkAction},
  bencher: {file: 'latest.bencher.json', meaning: 'Bencher Metric Format', write: formatBencher},
} as const satisfies Readonly<Record<string, Format>>;

export type ReportFormat = keyof typeof FORMATS;
export const REPORT_FORMATS = Object.keys(FORMATS) as readonly ReportFormat[];

/** What a run writes unless asked otherwise. */
export const DEFAULT_FORMATS: readonly ReportFormat[] = ['json', 'md'];

export const fileOf = (format: ReportFormat): string => FORMATS[format].file;
export const writeFormat = (format: ReportFormat, run: RunResult): string => FORMATS[format].write(run);

/** `json` and its meaning, a line each. */
export const formatLines = (): string[] => REPORT_FORMATS.map(name => `${name.padEnd(17)} ${FORMATS[name].meaning}`);
