import test from 'ava';
import {EAX} from '../../x86/registers.ts';
import {Bench, unsigned} from '../testing/single.ts';

/** EAX shifted by CL: code, value, count, flags before, result, the flags the manual defines for this count. */
const ROWS: ReadonlyArray<readonly [string, readonly number[], number, number, string, number, string]> = [
  ['SHL by one', [0xd3, 0xe0], 0x8000_0001, 1, '', 2, 'co'],
  ['SHL by zero leaves every flag', [0xd3, 0xe0], 5, 0, 'czso', 5, 'czso'],
  ['SHL masks its count to five bits', [0xd3, 0xe0], 5, 32, 'c', 5, 'c'],
  ['SHR by one', [0xd3, 0xe8], 0x8000_0001, 1, '', 0x4000_0000, 'cpo'],
  ['SAR keeps the sign', [0xd3, 0xf8], 0x8000_0000, 31, '', 0xffff_ffff, 'ps'],
  ['SAR r8 beyond its width gives the sign', [0xd2, 0xf8], 0x80, 20, '', 0xff, 'cps'],
  ['ROL r8 by its width shows bit 0 in CF', [0xd2, 0xc0], 0x81, 8, '', 0x81, 'c'],
  ['ROL keeps SF, ZF, AF and PF', [0xd3, 0xc0], 1, 1, 'pazs', 2, 'pazs'],
  ['ROR by one', [0xd3, 0xc8], 1, 1, '', 0x8000_0000, 'co'],
  ['RCL r32 rotates through the carry', [0xd3, 0xd0], 0x8000_0000, 1, '', 0, 'co'],
  ['RCL r8 by nine is no rotation', [0xd2, 0xd0], 0x5a, 9, 'c', 0x5a, 'c'],
  ['RCR r16 by one', [0x66, 0xd3, 0xd8], 0, 1, 'c', 0x8000, 'o'],
];
/** OF is undefined for counts above one. */
const undefinedFlag = (count: number): RegExp => ((count & 31) > 1 ? /[oa]/g : /(?!)/g);

for (const [title, code, value, count, before, result, after] of ROWS) {
  test(title, t => {
    const bench = new Bench();
    const cpu = bench.run(code, {eax: value, ecx: count}, before);
    t.is(unsigned(cpu, EAX), result);
    t.is(bench.flags().replace(undefinedFlag(count), ''), after.replace(undefinedFlag(count), ''));
  });
}

test('SHLD and SHRD fill from the other register', t => {
  const registers = {eax: 0x1234_5678, ebx: 0x9abc_def0};
  t.is(unsigned(new Bench().run([0x0f, 0xa4, 0xd8, 8], registers), EAX), 0x3456_789a);
  t.is(unsigned(new Bench().run([0x0f, 0xac, 0xd8, 8], registers), EAX), 0xf012_3456);
});
