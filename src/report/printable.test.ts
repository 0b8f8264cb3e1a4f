import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {clip, consoleLines, flow, printable, wrapWords} from './printable.ts';

for (const [text, expected] of [
  ['plain text', 'plain text'], ['\u001B[31mred\u001B[0m', '\\e[31mred\\e[0m'], ['a\nb\tc\r', 'a\\nb\\tc\\r'],
  ['\u009B2J', '\\x9b2J'], ['abc\u202Edcba', 'abc\\u{202e}dcba'], ['grüße ≠ 漢', 'grüße ≠ 漢'],
] as const) {
  test(`${JSON.stringify(text)} prints as ${expected}`, (t) => t.is(printable(text), expected));
}

test('a console is cut into lines, its bytes outside ASCII shown as escapes', (t) => {
  t.deepEqual(consoleLines(''), []);
  t.deepEqual(consoleLines('one\r\ntwo\n'), ['one', 'two']);
  t.deepEqual(consoleLines('\u001B[2J\u00FF\tx'), ['\\e[2J\\xff    x']);
  t.deepEqual(consoleLines('50%\r100%'), ['50%\\r100%']);
});

testProp('nothing a guest prints reaches a terminal as a control', [fc.string({unit: 'binary'})], (t, text) => {
  t.notRegex(consoleLines(text).join('') + printable(text), /[\p{Cc}\p{Cf}]/u);
});

test('clip leaves an ellipsis where something is missing', (t) => {
  t.deepEqual([clip('abcdef', 6), clip('abcdef', 4), clip('abc', 0)], ['abcdef', 'abc…', '']);
});

testProp('wrapped text keeps its words and its width', [fc.array(fc.stringMatching(/^[a-z]{1,30}$/)), fc.integer({min: 1, max: 40})], (t, words, width) => {
  const lines = wrapWords(words.join(' '), width);
  t.true(lines.every((line) => line.length <= width));
  t.is(lines.join('').replaceAll(' ', ''), words.join(''));
});

test('short items flow side by side', (t) => {
  t.deepEqual(flow(['a one', 'b two', 'c three'], 14), ['a one   b two', 'c three']);
});
