// Banding with planted cells: what is measured, when a claim holds, and what is said where it cannot be known.
import test from 'ava';
import type {Catalogue} from '../catalogue.ts';
import type {CellResult} from '../result.ts';
import {WORKLOADS} from '../testing/workloads.ts';
import {registry} from '../testing/strategies.ts';
import {unfinished} from '../unfinished.ts';
import {between, exactly} from './band.ts';
import {chooseClaims} from './choose.ts';
import {awaited, quantity, type Claim, type ClaimCell} from './claim.ts';
import type {ClaimVerdict, QuantityVerdict} from './document.ts';
import {cyclesOf} from './figures.ts';
import {judgeClaim, together} from './judge.ts';
import {planValidation} from './plan.ts';
import {validationExitCode} from './run.ts';

const catalogue: Catalogue = {plugins: registry, workloads: new Map(WORKLOADS.map(entry => [entry.definition.name, entry]))};
const HOST = 'nehalem-2009';
const cell = (technique: string, workload = 'quick', host = HOST): ClaimCell => ({workload, technique, host});

const claimOf = (above: ClaimCell, kind: Claim['kind'] = 'R'): Claim => ({
  number: '1', kind, text: 'slower', source: '[AA06]', quantities: [
    quantity('shadow / native', {published: '4', band: between(3, 5), cells: {above, below: cell('native')}, measure: each => cyclesOf(each.above) / cyclesOf(each.below)}),
  ],
});
const CLAIM = claimOf(cell('hardware-assisted+shadow'));

/** Cells by technique with planted cycles; each ran ten operations. */
function judged(claim: Claim, cycles: Readonly<Record<string, number>>, changes: Partial<CellResult> = {}) {
  const plan = planValidation([claim], catalogue);
  const results = new Map(plan.cells.filter(({spec}) => spec.technique.cpu.name in cycles).map(({spec}): [string, CellResult] => {
    const empty = unfinished(spec, 'error', {reason: ''});
    const perOperation = {operations: 10, instructions: 0, cycles: 0, exits: 0, switches: 0};
    const region = cycles[spec.technique.cpu.name];
    const planted: CellResult = {
      ...empty, outcome: 'completed', exitCode: 0x21, perOperation, cycles: {...empty.cycles, region}, claimsEquivalence: true,
      equivalence: {verdict: 'equivalent', clock: 'instructions', detail: ''},
    };
    return [spec.key, spec.technique.name === 'native' ? planted : {...planted, ...changes}];
  }));
  return judgeClaim(claim, {plan, results, expectedExit: () => 0x21});
}

const NATIVE = {native: 100};

for (const [shadow, verdict] of [[299, 'outside'], [300, 'holds'], [412, 'holds'], [500, 'holds'], [501, 'outside']] as const) {
  test(`planted cycles of ${shadow} over 100 are ${verdict} for a band of 3 to 5`, t => {
    const {verdict: found, quantities} = judged(CLAIM, {...NATIVE, 'hardware-assisted': shadow});
    t.is(found, verdict);
    t.is(quantities[0].measured, shadow / 10 / (100 / 10));
    t.is(quantities[0].cells.length, 2);
  });
}

const FAILED: ReadonlyArray<readonly [name: string, changes: Partial<CellResult>, reason: RegExp]> = [
  ['an error', {outcome: 'error', reason: 'no such page'}, /quick under hardware-assisted\+shadow.* on nehalem-2009: no such page/],
  ['a triple fault', {outcome: 'triple-fault'}, /ended as triple-fault/],
  ['a failed check of the guest', {exitCode: 0x23}, /exit code 35: its own check failed/],
  ['a difference from bare metal', {equivalence: {verdict: 'not-equivalent', clock: 'instructions', detail: 'eax 1'}}, /is not equivalent: eax 1/],
];
for (const [name, changes, reason] of FAILED) {
  test(`a cell that ended with ${name} fails its claim, whatever its cycles`, t => {
    const {verdict, quantities} = judged(CLAIM, {...NATIVE, 'hardware-assisted': 400}, changes);
    t.is(verdict, 'failed');
    t.is(quantities[0].measured, null);
    t.regex(quantities[0].reason ?? '', reason);
  });
}

test('a technique that claims no equivalence may differ from bare metal', t => {
  const changes: Partial<CellResult> = {claimsEquivalence: false, equivalence: {verdict: 'not-equivalent', clock: 'instructions', detail: 'eax 1'}};
  t.is(judged(CLAIM, {...NATIVE, 'hardware-assisted': 400}, changes).verdict, 'holds');
});

const MISSING: ReadonlyArray<readonly [cell: ClaimCell, reason: string]> = [
  [cell('binary-translation+shadow'), "there is no cpu strategy 'binary-translation'"],
  [cell('hardware-assisted+shadow[bypass]'), "shadow: unknown option 'bypass'"],
  [cell('hardware-assisted+nested', 'quick', 'pentium4-2005'), "nested needs the host feature 'nested-paging', which pentium4-2005 does not have"],
  [cell('hardware-assisted+shadow', 'tlb-sweep'), "unknown workload 'tlb-sweep'"],
];
for (const [above, reason] of MISSING) {
  test(`not available yet: ${reason}`, t => {
    const {verdict, quantities} = judged(claimOf(above), {...NATIVE, 'hardware-assisted': 400});
    t.is(verdict, 'not-available');
    t.is(quantities[0].reason, reason);
  });
}

test('a cell that has not ended leaves its figure open', t => {
  const {verdict, quantities} = judged(CLAIM, NATIVE);
  t.is(verdict, 'not-available');
  t.is(quantities[0].reason, 'interrupted before its cells had ended');
});

test('what cannot be measured yet says what it waits for', t => {
  const {verdict, quantities} = judged({...CLAIM, quantities: [...CLAIM.quantities, awaited('packets', '14 %', 'a network card')]}, {...NATIVE, 'hardware-assisted': 400});
  t.is(verdict, 'holds-in-part');
  t.is(quantities[1].reason, 'a network card');
});

const TOGETHER: ReadonlyArray<readonly [verdicts: readonly QuantityVerdict[], claim: ClaimVerdict]> = [
  [['holds', 'holds'], 'holds'], [['holds', 'not-available'], 'holds-in-part'], [['holds', 'outside', 'not-available'], 'outside'],
  [['outside', 'failed'], 'failed'], [['not-available'], 'not-available'],
];
for (const [verdicts, claim] of TOGETHER) test(`figures ${verdicts.join(', ')} make a claim ${claim}`, t => t.is(together(verdicts), claim));

const CODES: ReadonlyArray<readonly [kind: Claim['kind'], shadow: number, strict: boolean, code: number]> = [
  ['C', 400, false, 0], ['C', 600, false, 1], ['R', 600, false, 0], ['R', 600, true, 1], ['Q', 600, false, 0], ['Q', 400, true, 0],
];
for (const [kind, shadow, strict, code] of CODES) {
  test(`exit code ${code}: kind ${kind} ${shadow === 400 ? 'within' : 'outside'} its band${strict ? ', --strict' : ''}`, t => {
    const claims = [judged(claimOf(cell('hardware-assisted+shadow'), kind), {...NATIVE, 'hardware-assisted': shadow})];
    t.is(validationExitCode({schemaVersion: 1, complete: true, environment: {} as never, claims}, strict), code);
    t.is(validationExitCode({schemaVersion: 1, complete: false, environment: {} as never, claims}, strict), 130);
  });
}

test('a cell that several claims look at is run once', t => {
  t.is(planValidation([CLAIM, {...CLAIM, number: '2'}], catalogue).cells.length, 2);
});

const THREE: readonly Claim[] = [CLAIM, {...claimOf(cell('native'), 'C'), number: '2'}, {...CLAIM, number: '28b'}];
const CHOSEN: ReadonlyArray<readonly [words: readonly string[], numbers: readonly string[]]> = [
  [[], ['1', '2', '28b']], [['28b', '1'], ['1', '28b']], [['2-40'], ['2', '28b']], [['c'], ['2']], [['R', '1-2'], ['1', '2', '28b']],
];
for (const [words, numbers] of CHOSEN) test(`claims named by '${words.join(' ')}'`, t => t.deepEqual(chooseClaims(words, THREE).map(({number}) => number), numbers));

test('a word that names no claim is a sentence', t => {
  t.throws(() => chooseClaims(['1', '41'], THREE), {name: 'UsageError', message: "there is no claim '41'; give numbers (1 to 28b), ranges such as 1-8, or kinds: C, R, Q"});
});

test('a count is exact or wrong', t => {
  const counted: Claim = {...CLAIM, kind: 'C', quantities: [quantity('cycles', {published: '7', band: exactly(7), cells: {one: cell('native')}, measure: ({one}) => cyclesOf(one)})]};
  t.is(judged(counted, {native: 70}).verdict, 'holds');
  t.is(judged(counted, {native: 71}).verdict, 'outside');
});
