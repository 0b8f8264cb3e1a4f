// The audit of sensitive instructions as tables and sentences.
import test from 'ava';
import {auditRows, auditSentence} from './audit.ts';
import {testingCell} from './testing-run.ts';

const audit = [
  {instruction: 'PUSHF', executed: 1200, trapped: 0, differing: 4, first: {instruction: 900, eip: 0xc010_0010, disassembly: 'pushf'}},
  {instruction: 'POPF', executed: 7, trapped: 0, differing: 7, first: {instruction: 6181, eip: 0xc010_252d, disassembly: 'popf'}},
  {instruction: 'INT n', executed: 3, trapped: 3, differing: 0, first: null},
];

test('a row for each instruction, with where it first differed', t => {
  const cell = testingCell('in', 'native', 'nehalem-2009', {audit});
  t.deepEqual(auditRows(cell)[0], ['PUSHF', '1,200', '0', '4', 'instruction 900, eip 0xc0100010: pushf']);
  t.deepEqual(auditRows(cell)[2], ['INT n', '3', '3', '0', '']);
  t.is(auditSentence(cell), 'ran silently and differed: PUSHF 4 of 1,200, POPF 7 of 7; first instruction 900, eip 0xc0100010: pushf');
});

test('nothing to say where nothing differed or nothing was audited', t => {
  t.is(auditSentence(testingCell('in', 'native', 'nehalem-2009', {audit: audit.slice(2)})), null);
  t.is(auditSentence(testingCell('in', 'native', 'nehalem-2009')), null);
  t.deepEqual(auditRows(testingCell('in', 'native', 'nehalem-2009')), []);
});
