import test from 'ava';
import {JsonSyntaxError, parseJson} from './json.ts';

const FAULTS: ReadonlyArray<readonly [text: string, line: number, column: number]> = [
  ['', 1, 1],
  ['{"a": 1,}', 1, 9],
  ['{\n "a": 1\n "b": 2}', 3, 2],
  ['{"a":', 1, 6],
  ['{"a": tru}', 1, 7],
  ['[1, 2', 1, 6],
  ['[1 2]', 1, 4],
  ['{a: 1}', 1, 2],
  ["{'a': 1}", 1, 2],
  ['{"a": "x\ny"}', 1, 7],
  ['{"a": 1} x', 1, 10],
  ['{"a": 01}', 1, 8],
  ['{"a": [true, {"b": nul}]}', 1, 20],
  ['// comment\n{}', 1, 1],
];

for (const [text, line, column] of FAULTS) {
  test(`${JSON.stringify(text)} is wrong at ${line}:${column}`, t => {
    t.like(t.throws(() => parseJson(text), {instanceOf: JsonSyntaxError}), {line, column});
  });
}

test('a byte-order mark is no fault', t => {
  t.deepEqual(parseJson('\u{FEFF}{"a": [1, "\\u0041", null, -1.5e3]}'), {a: [1, 'A', null, -1500]});
});
