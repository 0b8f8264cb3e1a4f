import test from 'ava';
import type {ClaimRow, QuantityRow, ValidationResult} from '../lab/validate/document.ts';
import {measuredText, validationJson, validationText} from './validation.ts';

const figure: QuantityRow = {
  name: 'hosted binary translation over native, a name too long for its column', published: '8.7', measured: 7.25, verdict: 'holds', calibrated: true,
  band: {low: 5.22, high: 12.18, text: '5.22 to 12.2'}, reason: null, cells: ['a | b | c'],
};
const missing: QuantityRow = {...figure, name: 'paravirtual', measured: null, verdict: 'not-available', calibrated: false, reason: "there is no cpu strategy 'paravirtual'"};
const claim: ClaimRow = {number: '17', kind: 'R', claim: 'Page faults cost more, and this sentence is long enough for a second line of its own.', source: '[XEN03] table 5', verdict: 'holds-in-part', quantities: [figure, missing, missing]};
const result = (changes: Partial<ValidationResult> = {}): ValidationResult =>
  ({schemaVersion: 1, complete: true, environment: {} as never, claims: [claim], ...changes});

for (const width of [80, 100, 200]) {
  test(`a claim fits ${width} columns, figures and bands under their headings`, t => {
    const lines = validationText(result(), width).split('\n');
    t.deepEqual(lines.filter(line => line.length > width), []);
    const heading = lines.find(line => line.startsWith('  #'))!;
    const row = lines.find(line => line.includes('7.25'))!;
    for (const [column, text] of [['published', '8.7'], ['measured', '7.25'], ['band', '5.22'], ['verdict', 'holds'], ['calibrated', 'yes']] as const) {
      t.is(row.indexOf(text), heading.indexOf(column), column);
    }
  });
}

test('a reason is told once for all the figures it keeps away', t => {
  t.is(validationText(result(), 80).split('missing: there is no cpu').length, 2);
});

test('the last lines count claims and figures, those calibrated on apart', t => {
  t.regex(validationText(result(), 200), /1 claim: 1 hold as far as they can be measured\. Figures within their band: 0 of 0 that no cost was set from, 1 of 1 that were calibrated on\.\n$/);
  t.regex(validationText(result({complete: false}), 200), /Interrupted: the rest was not measured\.\n$/);
});

test('the JSON document is the result', t => t.deepEqual(JSON.parse(validationJson(result())), result()));

const FIGURES: ReadonlyArray<readonly [value: number, text: string]> = [[14, '14'], [8.4973, '8.5'], [0.0668, '0.0668'], [1823.4, '1823'], [-0.5, '-0.5']];
for (const [value, text] of FIGURES) test(`${value} is shown as ${text}`, t => t.is(measuredText(value), text));
