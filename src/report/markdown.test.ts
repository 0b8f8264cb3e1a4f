import test from 'ava';
import {formatMarkdown} from './markdown.ts';
import {codeBlock, codeSpan, escapeMarkdown, table} from './markdown-text.ts';
import {testingCell, testingCells, testingRun} from './testing-run.ts';

const HOST = 'nehalem-2009';
const SHADOW = 'hardware-assisted+shadow[policy=unsync]+emulated@hypervisor';

for (const [text, expected] of [
  ['IO_INSTRUCTION', 'IO\\_INSTRUCTION'], ['a|b', 'a\\|b'], ['<script>', '&lt;script\\>'], ['*x* `y`', '\\*x\\* \\`y\\`'],
  ['[a](b)', '\\[a\\](b)'], ['- item', '\\- item'], ['1. item', '\\1. item'], ['two\nlines', 'two\\\\nlines'],
] as const) {
  test(`${JSON.stringify(text)} is escaped`, (t) => t.is(escapeMarkdown(text), expected));
}

test('no content leaves its code span or block', (t) => {
  t.is(codeSpan('a`b'), '``a`b``');
  t.is(codeSpan('`'), '`` ` ``');
  t.is(codeSpan('a\nb'), '`a\\nb`');
  t.deepEqual(codeBlock(['```', '<b>']), ['````text', '```', '<b>', '````']);
  t.is(table([['a'], [codeSpan('x|y')]]), '| a      |\n| ------ |\n| `x\\|y` |');
});

test('the report has every section, and every cell its details', (t) => {
  const text = formatMarkdown(testingRun(testingCells(['in', 'syscall'])));
  t.deepEqual(text.match(/^## .*$/gm), ['## Slowdown against native', '## Modelled cycles per operation', '## Exits per operation',
    '## Mode switches per operation', '## Cells', '## What the words mean', '## What the model leaves out', '## Environment']);
  t.is(text.match(/^### `/gm)?.length, 24);
  t.true(text.includes('hardware-assisted+shadow\\[policy=unsync\\]'));
  t.true(text.includes('Refused: nested needs the host feature nested-paging, which pentium4-2005 lacks'));
  t.true(text.includes('- Guest instructions cost by class; caches and pipelines are not modelled.'));
});

test('a cell shows switches, categories, events and equivalence', (t) => {
  const text = formatMarkdown(testingRun([testingCell('in', 'native', HOST), testingCell('in', SHADOW, HOST)]));
  for (const line of [
    '### `in` on `hardware-assisted+shadow[policy=unsync]+emulated@hypervisor` on `nehalem-2009`',
    '- 1,088,100 modelled cycles in the region, 41.69x against native; 2,000,104 in the whole run; 16.9% of the region rests on estimates',
    '| guest-kernel | vmm          | exit   | `IO_INSTRUCTION` | `in-0x80` | yes  |   900 |             1 | 50.0% |',
    '| world-switch       | 900,000 |         1,000 | 82.7% |',
    '| `vm_exit`        | world-switch |   900 |       520 | derived   | 468,000 | 43.0% |',
    '- equivalent under the instructions clock: console, exit, checkpoints and the running hash of registers',
  ]) t.true(text.split('\n').includes(line), line);
  t.regex(text, /^\| `in-0x80` +\| direction and port +\|$/m);
});

test('nothing a guest prints is taken as markup', (t) => {
  const console = '```\n<img src=x onerror=alert(1)>\n\u001B]0;title\u0007\n| a | b |\n';
  const text = formatMarkdown(testingRun([testingCell('in', SHADOW, HOST, {
    console, notes: ['<b>note</b>'], equivalence: {verdict: 'not-equivalent', clock: 'cycles', detail: 'console differs:\n# heading'},
  })]));
  t.true(text.includes(['````text', '```', '<img src=x onerror=alert(1)>', '\\e]0;title\\x07', '| a | b |', '````'].join('\n')));
  t.true(text.includes('- &lt;b\\>note&lt;/b\\>'));
  t.notRegex(text, /^# heading/m);
  t.notRegex(text.replaceAll('\n', ''), /\p{Cc}/u);
});

test('an interrupted run says so at the top', (t) => {
  t.regex(formatMarkdown(testingRun([], {complete: false})), /^# worldswitch report\n\n\*\*Interrupted:\*\*/);
});
