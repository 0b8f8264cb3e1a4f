// The formats of reports by name: the file each is written to and what it is for. Apart from their writers (formats.ts), so that
// help costs nothing.

interface Format {
  readonly file: string;
  readonly meaning: string;
}

export const FORMATS = {
  json: {file: 'latest.json', meaning: 'the whole result; its schema is src/report/report.schema.json'},
  md: {file: 'latest.md', meaning: 'Markdown, every cell in detail'},
  csv: {file: 'latest.csv', meaning: 'one fact a row'},
  html: {file: 'latest.html', meaning: 'one page with pictures and a table that sorts and filters'},
  junit: {file: 'latest.junit.xml', meaning: 'equivalence as JUnit test cases'},
  'benchmark-action': {file: 'latest.benchmark-action.json', meaning: 'for github-action-benchmark, customSmallerIsBetter'},
  bencher: {file: 'latest.bencher.json', meaning: 'Bencher Metric Format'},
} as const satisfies Readonly<Record<string, Format>>;

export type ReportFormat = keyof typeof FORMATS;
export const REPORT_FORMATS = Object.keys(FORMATS) as readonly ReportFormat[];

/** What a run writes unless asked otherwise. */
export const DEFAULT_FORMATS: readonly ReportFormat[] = ['json', 'md'];

/** `json` and its meaning, a line each. */
export const formatLines = (): string[] => REPORT_FORMATS.map(name => `${name.padEnd(17)} ${FORMATS[name].meaning}`);
