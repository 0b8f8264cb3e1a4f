// The writer of each format. Their names and files are in format-names.ts.
import type {RunResult} from '../lab/result.ts';
import {formatCsv} from './csv/csv.ts';
import {FORMATS, type ReportFormat} from './format-names.ts';
import {formatHtml} from './html/html.ts';
import {formatBencher} from './interop/bencher.ts';
import {formatBenchmarkAction} from './interop/benchmark-action.ts';
import {formatJunit} from './interop/junit.ts';
import {formatJson} from './json.ts';
import {formatMarkdown} from './markdown.ts';

export {DEFAULT_FORMATS, REPORT_FORMATS, type ReportFormat} from './format-names.ts';

const WRITERS: Readonly<Record<ReportFormat, (run: RunResult) => string>> = {
  json: formatJson, md: formatMarkdown, csv: formatCsv, html: formatHtml, junit: formatJunit, 'benchmark-action': formatBenchmarkAction,
  bencher: formatBencher,
};

export const fileOf = (format: ReportFormat): string => FORMATS[format].file;
export const writeFormat = (format: ReportFormat, run: RunResult): string => WRITERS[format](run);
