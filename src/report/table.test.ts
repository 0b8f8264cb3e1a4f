import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {layTable} from './table.ts';

test('columns stand right-aligned under wrapped headings', (t) => {
  const model = {corner: 'host', columns: ['native', 'hardware-assisted+nested'], rows: [['syscall', '1.00x', '12.34x*'], ['in', '1.00x', '–']]};
  t.deepEqual(layTable(model, 34), [
    '                 hardware-assisted',
    'host     native            +nested',
    'syscall   1.00x            12.34x*',
    'in        1.00x                  –',
  ]);
});

test('columns that do not fit go into a block below, with the label again', (t) => {
  const model = {corner: 'host', columns: ['alpha', 'bravo', 'gamma'], rows: [['row', '1', '2', '3']]};
  t.deepEqual(layTable(model, 18), ['host  alpha  bravo', 'row       1      2', '', 'host  gamma', 'row       3']);
});

const word = fc.stringMatching(/^[a-z]{1,8}(-[a-z]{1,8}){0,2}(\+[a-z]{1,9}){0,2}$/);

testProp('a table keeps to its width and loses no figure', [fc.array(word, {minLength: 1, maxLength: 9}), fc.integer({min: 44, max: 200})], (t, columns, width) => {
  const row = ['label', ...columns.map((_, at) => `${at}.00x`)];
  const lines = layTable({corner: 'workload', columns, rows: [row]}, width);
  t.true(lines.every((line) => line.length <= width));
  t.deepEqual(lines.filter((line) => line.startsWith('label')).flatMap((line) => line.trim().split(/ +/).slice(1)), row.slice(1));
});
