import test from 'ava';
import {SWITCHES} from '../compare/metric.ts';
import {testingCell, testingCells, testingRun} from '../testing-run.ts';
import {CSV_COLUMNS, csvText, formatCsv} from './csv.ts';

/** Rows after RFC 4180. */
function parse(text: string): Record<string, string>[] {
  const rows = text.trimEnd().split('\n').map(line => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain));
  return rows.slice(1).map(row => {
    if (row.length !== CSV_COLUMNS.length) throw new Error(`${row.length} fields: ${row.join('|')}`);
    return Object.fromEntries(row.map((value, at) => [CSV_COLUMNS[at], value]));
  });
}

test('each fact is a row of the same columns, and the facts are those of the document', t => {
  const cells = testingCells(['pgfault', 'in']);
  const rows = parse(formatCsv(testingRun(cells)));
  for (const cell of cells) {
    const own = rows.filter(({workload, technique, host}) => workload === cell.workload && technique === cell.technique.name && host === cell.host);
    const sum = (fact: string): number => own.filter(row => row['fact'] === fact).reduce((total, {value}) => total + Number(value), 0);
    t.is(sum('switch'), SWITCHES.of(cell)!);
    t.is(own.filter(({fact, name}) => fact === 'cycles' && name === 'category').reduce((total, {value}) => total + Number(value), 0), cell.cycles.region);
    t.is(own.filter(({fact}) => fact === 'event').length, cell.events.length);
    t.is(own.find(({fact}) => fact === 'outcome')!['value'], cell.outcome);
  }
  t.is(new Set(rows.map(row => JSON.stringify([row['workload'], row['technique'], row['host']]))).size, cells.length);
});

test('measured samples are rows that say they are not exact', t => {
  const cell = {...testingCell('in', 'native', 'nehalem-2009'), measured: {samples: 2, meanMs: 1.5, p99Ms: 2, rme: 3, samplesMs: [1, 2]}};
  const rows = parse(formatCsv(testingRun([cell])));
  t.deepEqual(rows.filter(({fact}) => fact === 'sample').map(({name, value, unit, exact}) => [name, value, unit, exact]), [['1', '1', 'ms', 'false'], ['2', '2', 'ms', 'false']]);
  t.true(rows.filter(({fact}) => fact === 'switch').every(({exact}) => exact === 'true'));
});

const TEXTS: ReadonlyArray<readonly [string, string]> = [
  ['plain', 'plain'], ['a,b', '"a,b"'], ['say "x"', '"say ""x"""'], ['=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`], ['+1', "'+1"], ['@cmd', "'@cmd"], ['a\nb\u0000', 'a\\nb\\x00'],
];
for (const [text, written] of TEXTS) test(`text ${JSON.stringify(text)} is written ${written}`, t => t.is(csvText(text), written));
