import test from 'ava';
import {EAX, EBX, ECX, EDX} from '../../x86/registers.ts';
import {Bench, unsigned} from '../testing/single.ts';

/** EAX op EBX in 32, 16 and 8 bits: opcode, left, right, flags before, result, flags after. */
const ROWS: ReadonlyArray<readonly [string, readonly number[], number, number, string, number, string]> = [
  ['ADD r32', [0x01, 0xd8], 1, 2, '', 3, 'p'],
  ['ADD r32 carries out', [0x01, 0xd8], 0xffff_ffff, 1, '', 0, 'cpaz'],
  ['ADD r32 overflows', [0x01, 0xd8], 0x7fff_ffff, 1, '', 0x8000_0000, 'paso'],
  ['ADD r16 leaves the upper half', [0x66, 0x01, 0xd8], 0x1234_ffff, 1, '', 0x1234_0000, 'cpaz'],
  ['ADD r8', [0x00, 0xd8], 0x80, 0x80, '', 0, 'cpzo'],
  ['ADC r32 takes the carry in', [0x11, 0xd8], 0xffff_ffff, 0, 'c', 0, 'cpaz'],
  ['ADC r32 of all ones and carry carries out', [0x11, 0xd8], 1, 0xffff_ffff, 'c', 1, 'ca'],
  ['SBB r32 borrows', [0x19, 0xd8], 0, 0xffff_ffff, 'c', 0, 'cpaz'],
  ['SUB r32 borrows', [0x29, 0xd8], 1, 2, '', 0xffff_ffff, 'cpas'],
  ['SUB r8 overflows', [0x28, 0xd8], 0x80, 1, '', 0x7f, 'ao'],
  ['CMP r32 leaves its operands', [0x39, 0xd8], 5, 5, '', 5, 'pz'],
  ['INC r32 keeps the carry', [0x40], 0x7fff_ffff, 0, 'c', 0x8000_0000, 'cpaso'],
  ['DEC r32 keeps the carry clear', [0x48], 0, 0, '', 0xffff_ffff, 'pas'],
  ['NEG r32 of zero clears the carry', [0xf7, 0xd8], 0, 0, 'c', 0, 'pz'],
  ['NEG r32 of the most negative number overflows', [0xf7, 0xd8], 0x8000_0000, 0, '', 0x8000_0000, 'cpso'],
];

for (const [title, code, left, right, before, result, after] of ROWS) {
  test(title, t => {
    const bench = new Bench();
    const cpu = bench.run(code, {eax: left, ebx: right}, before);
    t.is(unsigned(cpu, EAX), result);
    t.is(bench.flags(), after);
  });
}

test('CMPXCHG stores when equal and loads when not', t => {
  const bench = new Bench();
  t.is(unsigned(bench.run([0x0f, 0xb1, 0xcb], {eax: 7, ebx: 7, ecx: 9}), EBX), 9);
  t.is(bench.flags(), 'pz');
  const other = bench.run([0x0f, 0xb1, 0xcb], {eax: 7, ebx: 8, ecx: 9});
  t.deepEqual([unsigned(other, EAX), unsigned(other, EBX)], [8, 8]);
});

test('XADD of a register with itself doubles it', t => {
  t.is(unsigned(new Bench().run([0x0f, 0xc1, 0xc0], {eax: 21}), EAX), 42);
});

test('MUL and IMUL give both halves of the product', t => {
  const cpu = new Bench().run([0xf7, 0xe3], {eax: 0xffff_ffff, ebx: 0xffff_ffff});
  t.deepEqual([unsigned(cpu, EDX), unsigned(cpu, EAX)], [0xffff_fffe, 1]);
  const signed = new Bench().run([0xf7, 0xeb], {eax: -3, ebx: 5});
  t.deepEqual([signed.r[EDX], signed.r[EAX]], [-1, -15]);
});

test('DIV and IDIV truncate towards zero', t => {
  const cpu = new Bench().run([0xf7, 0xf3], {edx: 1, eax: 5, ebx: 0x10});
  t.deepEqual([unsigned(cpu, EAX), unsigned(cpu, EDX)], [0x1000_0000, 5]);
  const signed = new Bench().run([0xf7, 0xfb], {edx: -1, eax: -7, ebx: 2});
  t.deepEqual([signed.r[EAX], signed.r[EDX]], [-3, -1]);
});

test('flags of CMP are seen by the branch behind it, whatever the width', t => {
  const cpu = new Bench().run([0x66, 0x39, 0xd8, 0x0f, 0x92, 0xc1], {eax: 0x0001_0000, ebx: 1, ecx: 0});
  t.is(unsigned(cpu, ECX), 1);
});
