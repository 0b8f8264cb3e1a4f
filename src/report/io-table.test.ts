// The table of I/O paths in its three forms, from planted rows.
import test from 'ava';
import {IO_FIGURES, type IoFigures} from '../lab/tables/io-figures.ts';
import type {IoRow, IoTable} from '../lab/tables/io-table.ts';
import {ioTableCsv, ioTableJson, ioTableMarkdown} from './io-table.ts';
import {testingRun} from './testing-run.ts';

const figures = {...Object.fromEntries(Object.keys(IO_FIGURES).map(name => [name, 0])), cycles: 12_345.6, exits: 5.03125, kicks: 0.03125} as unknown as IoFigures;
const row = (way: string, architecture: string, more: Partial<IoRow> = {}): IoRow => ({
  operation: 'disk request', way, architecture, depth: '1', technique: `t@${architecture}`, workload: 'disk', params: {}, figures, reason: null, ...more,
});
const missing = {figures: null, reason: 'there is no io strategy \'xen-ring\''};
const TABLE: IoTable = {
  schemaVersion: 1, complete: true, environment: testingRun().environment, table: 'io', host: 'nehalem-2009',
  rows: [
    row('virtio, modern', 'hosted[back-end=kernel,pic=kernel]'), row('virtio, modern', 'hybrid', {figures: null, reason: 'failed: broken'}),
    row('xen-ring', 'hosted', missing), row('xen-ring', 'hybrid', missing),
  ],
};

test('Markdown: cycles are whole, counts keep one decimal, a dash names its reason, a way that is missing everywhere is one row', t => {
  const lines = ioTableMarkdown(TABLE).split('\n').map(line => line.replaceAll(/ +/g, ' '));
  t.true(lines.some(line => line.startsWith('| virtio, modern | `hosted[back-end=kernel,pic=kernel]` | 1 | 12,346 | 0 | 5.0 |')), lines.join('\n'));
  t.true(lines.some(line => line.startsWith('| virtio, modern | `hybrid` | 1 | – (1) | – |')));
  t.is(lines.filter(line => line.startsWith('| xen-ring ')).length, 1);
  t.true(lines.some(line => line.startsWith('| xen-ring | anywhere | any | – (2) |')));
  t.true(lines.includes('2. there is no io strategy \'xen-ring\''));
  t.false(lines.some(line => line.includes('Interrupted')));
  t.true(ioTableMarkdown({...TABLE, complete: false}).includes('**Interrupted:**'));
});

test('comma-separated values: full figures, quoted where a comma stands in a text', t => {
  const lines = ioTableCsv(TABLE).trimEnd().split('\n');
  t.is(lines.length, 5);
  t.true(lines[1].startsWith('nehalem-2009,disk request,"virtio, modern","hosted[back-end=kernel,pic=kernel]",1,"t@hosted[back-end=kernel,pic=kernel]",12345.6,'));
  t.true(lines[1].includes(',0.03125,'));
  t.true(lines[3].endsWith(',there is no io strategy \'xen-ring\''));
});

test('JSON holds the rows as they are', t => t.deepEqual((JSON.parse(ioTableJson(TABLE)) as IoTable).rows, TABLE.rows));
