// Random guests behave under every technique that claims equivalence as on bare metal. `npm run fuzz` runs more of them.
import test from 'ava';
import {catalogue} from '../lab/testing/real-cells.ts';
import {generate} from './generate.ts';
import {findingText, Hunt} from './hunt.ts';
import {BODY_NAMES} from './layout.ts';
import {assemblyOf} from './print.ts';
import {imageOf, withoutInRing3} from './program.ts';
import {contendersFor} from './techniques.ts';

const SEED = 20260101;
const PROGRAMS = 200, SHARES = 4;
const {field} = new Hunt(catalogue, [], SEED);

test('every CPU strategy for an unmodified guest has a technique that claims equivalence somewhere', t => {
  const strategies = new Set(field.always.map(({technique}) => technique.cpu.name));
  for (const name of ['hardware-assisted', 'interpretation', 'dynamic-translation', 'trap-and-emulate']) t.true(strategies.has(name), name);
  t.true(field.inTurn.length > 0);
  t.is(contendersFor(field, 0).length, field.always.length + 1);
});

for (let share = 0; share < SHARES; share++) {
  test(`random guests, share ${share + 1} of ${SHARES}: the same as on bare metal under every technique`, t => {
    const hunt = new Hunt(catalogue, [], SEED);
    const findings = [];
    for (let number = share; number < PROGRAMS; number += SHARES) findings.push(...hunt.try(number));
    t.deepEqual(findings.map(findingText), []);
    const {programs, refused, instructions, interrupts, exceptions} = hunt.coverage;
    t.is(programs, PROGRAMS / SHARES);
    t.true(refused < programs / 10, `${refused} of ${programs} programs ended where the model is not complete`);
    t.true(instructions > 500 * programs && interrupts > programs && exceptions > 10 * programs, JSON.stringify(hunt.coverage));
  });
}

test('a program depends on seed and number alone', t => {
  t.deepEqual(generate(1, 7), generate(1, 7));
  t.notDeepEqual(generate(1, 7).bodies, generate(1, 8).bodies);
  t.notDeepEqual(generate(2, 7).bodies, generate(1, 7).bodies);
});

test('a thousand programs have every kind of instruction in them, and all assemble', t => {
  const text = Array.from({length: 1000}, (_, number) => {
    const program = generate(SEED, number);
    t.true(imageOf(program).length > 0);
    return assemblyOf(program).join('\n');
  }).join('\n');
  const mnemonics = [
    'mov cr0', 'mov cr3', 'mov cr4', 'clts', 'lmsw', 'lgdt', 'lidt', 'invlpg', 'hlt', 'in al', 'out dx', 'insb', 'outsd', 'rdmsr', 'wrmsr', 'rdtsc', 'cpuid', 'wbinvd',
    'sgdt', 'sidt', 'sldt', 'str', 'smsw', 'pushf', 'popf', 'lar', 'lsl', 'verr', 'verw', 'pop ss', 'pop gs', 'lss', 'les', 'jmp 0', 'call 0', 'retf', 'int 80h', 'int3', 'iret', 'sti',
    'cli', 'lldt', 'ltr', 'rep movsd', 'pusha', 'enter', 'loop', 'lock and', 'cmpxchg', 'div', 'bound', 'int1',
  ];
  t.deepEqual(mnemonics.filter(mnemonic => !text.includes(mnemonic)), ['lss']);
});

test('instructions can be kept out of ring 3', t => {
  const program = generate(SEED, 3);
  const taken = withoutInRing3(program, ['MOV']);
  t.deepEqual(taken.bodies.first, program.bodies.first);
  t.false(assemblyOf({...taken, bodies: {...taken.bodies, first: [], second: []}}).some(line => / {2}mov /.test(line)));
  t.is(withoutInRing3(program, []), program);
  t.is(BODY_NAMES.length, 3);
});
