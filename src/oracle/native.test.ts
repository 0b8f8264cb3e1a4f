import test from 'ava';
import {OPCODE_ROWS} from '../cpu/decode/table.ts';
import {readAnswers, type Json} from './answers.ts';
import {generate} from './generate.ts';
import {GROUPS, LEFT_OUT, leftOutRows} from './groups.ts';
import {Model} from './model.ts';
import {differingGroups} from './further.ts';
import {asked, FURTHER, nativeRecorder, unpackDigests} from './native.ts';
import {comparable, describe, digest, digestOf, type Outcome} from './outcome.ts';
import {describeCase} from './show.ts';

const committed: {readonly [key: string]: Json} = readAnswers(nativeRecorder.fixture)?.answers ?? {};
const digests = committed.digests as {readonly [key: string]: string};

const SHOWN = 3;

test('every case leaves the model as it left the processor', t => {
  const model = new Model();
  const wrong: string[] = [];
  let [cases, different] = [0, 0];
  for (const group of GROUPS) {
    const expected = unpackDigests(digests[group.key] ?? '');
    for (let index = 0; index < group.count; index++, cases++) {
      const each = generate(group, index);
      const outcome = model.run(each);
      if (digestOf(each, outcome) === expected[index]) continue;
      different++;
      if (wrong.length < SHOWN) wrong.push([...describeCase(each), ...describe(outcome), `npm run oracle -- --show '${group.key}' ${index}`].join('\n'));
    }
  }
  t.log(`${cases} cases, ${different} different`);
  t.is(committed.cases as number, cases + GROUPS.length * FURTHER);
  t.deepEqual(wrong, []);
});

/** Why not all: a million cases take a minute. `npm run oracle -- --model` runs every one. */
const SHARE = 20;

test('one group in twenty of the other cases leaves the model as it left the processor', t => {
  t.deepEqual(differingGroups(GROUPS.filter((_, at) => at % SHARE === 0)), []);
});

test('there are a million cases', t => {
  t.true((committed.cases as number) >= 1_000_000);
});

test('the committed answers are to the question asked now', t => {
  for (const [key, value] of Object.entries(asked())) t.deepEqual(committed[key], JSON.parse(JSON.stringify(value)) as Json, key);
  t.deepEqual(Object.keys(digests), GROUPS.map(({key}) => key));
});

test('every row has at least 200 cases in each form and operand size, or is left out for a reason', t => {
  const few = GROUPS.filter(({count}) => count < 200).map(({key}) => key);
  t.deepEqual(few, []);
  const asked = new Set(GROUPS.map(({row}) => row));
  const missing = OPCODE_ROWS.filter(row => !asked.has(row));
  t.deepEqual(missing, [...leftOutRows()]);
  for (const row of asked) {
    const sizes = new Set(GROUPS.filter(group => group.row === row).map(({operandSize, form}) => `${form}${operandSize}`));
    t.is(sizes.size, row.modrm && row.forms === 'both' && !row.operands.some(operand => /^[CDR]d$/.test(operand)) ? 4 : 2, row.opcode);
  }
});

test('the rows left out are exactly these', t => {
  t.deepEqual(leftOutRows().map(({opcode, mnemonic}) => `${opcode} ${mnemonic}`), [
    'D8 ESC', 'D9 ESC', 'DA ESC', 'DB ESC', 'DC ESC', 'DD ESC', 'DE ESC', 'DF ESC', 'F1 INT1',
    '0F 00 /0 SLDT', '0F 00 /1 STR', '0F 01 /0 SGDT', '0F 01 C1 VMCALL', '0F 01 /1 SIDT', '0F 01 /4 SMSW', '0F 34 SYSENTER', '0F 35 SYSEXIT',
  ]);
  t.deepEqual(Object.keys(LEFT_OUT).filter(name => !OPCODE_ROWS.some(({mnemonic}) => mnemonic === name)), []);
});

test('every LOCK and REP group that is legal is asked', t => {
  const locked = GROUPS.filter(({key}) => key.endsWith(' lock')).map(({row}) => row.opcode);
  t.deepEqual([...new Set(locked)], OPCODE_ROWS.filter(({lockable}) => lockable).map(({opcode}) => opcode));
  t.is(GROUPS.filter(({key}) => / rep(ne)?$/.test(key)).length, 14 * 2 * 2);
});

test('no part of an outcome can change unnoticed', t => {
  const group = GROUPS.find(({key}) => key === '01 memory32');
  const each = generate(group ?? GROUPS[0], 0);
  const outcome = new Model().run(each);
  const before = digest(comparable(each, outcome));
  const changes: ReadonlyArray<Partial<Outcome>> = [
    {vector: outcome.vector ^ 1}, {eip: outcome.eip + 1}, {eflags: outcome.eflags ^ 1}, {eflags: outcome.eflags ^ 0x400},
    ...[0, 1, 2, 3, 4, 5, 6, 7].map(n => ({registers: outcome.registers.map((value, at) => (at === n ? value ^ 0x100 : value))})),
    ...[0, 1, 2, 3, 4, 5].map(n => ({segments: outcome.segments.map((value, at) => (at === n ? value ^ 8 : value))})),
    {stores: Int32Array.of(...outcome.stores, 0x20001000, 0)}, {stores: outcome.stores.map((value, at) => (at === 1 ? value ^ 1 : value))},
  ];
  for (const change of changes) t.not(digest(comparable(each, {...outcome, ...change})), before, JSON.stringify(change));
});
