import test from 'ava';
import {COST_NAMES} from '../host/costs.ts';
import {OUTCOMES} from '../lab/result.ts';
import {CATEGORIES, CONTEXTS, GRADES, KINDS} from '../ledger/context.ts';
import {EXIT_REASONS} from '../x86/exit-reasons.ts';
import {VALUE_MODES} from './cell-face.ts';
import {explain, explainDetail, explainSwitch} from './glossary.ts';
import {testingCells} from './testing-run.ts';

for (const [what, words] of Object.entries({
  cost: COST_NAMES, category: CATEGORIES, context: CONTEXTS, kind: KINDS, grade: GRADES, outcome: OUTCOMES,
  'exit reason': Object.keys(EXIT_REASONS), figure: VALUE_MODES, verdict: ['equivalent', 'not-equivalent', 'not-checked'],
})) {
  test(`every ${what} has a meaning of one line`, (t) => {
    for (const word of words) {
      const meaning = explain(word);
      t.truthy(meaning, word);
      t.notRegex(meaning!, /\n/);
      t.true(meaning!.length <= 130, word);
    }
  });
}

for (const [detail, part] of [
  ['pf-true', "guest's own tables"], ['pf-hidden', 'shadow'], ['pf-trace', 'write to a page table'], ['pf-mmio', 'memory-mapped'],
  ['ud', 'undefined'], ['write-cr3', 'control register'], ['clts', 'CR0'], ['out-0x3f8', 'port'], ['gp', 'general-protection'],
] as const) {
  test(`detail ${detail} is explained`, (t) => t.true(explainDetail(detail)?.includes(part)));
}

test('a switch is explained by reason and detail; unknown words by nothing', (t) => {
  t.is(explainSwitch('INVLPG', ''), 'INVLPG: drop one page from the TLB');
  t.regex(explainSwitch('CR_ACCESS', 'write-cr3')!, /^MOV to or from a control register.*; which control register/);
  t.is(explainSwitch('toString', 'no-such'), null);
});

test('every reason that a technique of the test data shows has a meaning', (t) => {
  for (const {reason} of testingCells().flatMap((cell) => cell.switches)) t.truthy(explain(reason), reason);
});
