// Privileged state against QEMU's translator and, where that does not check, against the manual: every image runs here
// under both guest clocks, and its console is compared line by line.
import test from 'ava';
import {readAnswers} from '../answers.ts';
import {runImage, type RunOptions} from './console.ts';
import {blocksOf, corrected, DEVIATIONS, type Deviation} from './deviations.ts';
import {ASKED_IMAGES, imageHash, MANUAL_IMAGE, type AskedImage} from './images.ts';
import {EXPECTED} from './limits.expected.ts';
import {QEMU_FIXTURE, type QemuAnswers} from './recorder.ts';

const answers = readAnswers(QEMU_FIXTURE)?.answers as unknown as QemuAnswers;

const SECTIONS: Readonly<Record<AskedImage, string>> = {
  'exceptions': 'SDM vol. 3A, chapter 6: every vector, error code, gate and single-step trap',
  'transfers': 'SDM vol. 3A, 5.8: IRET, RETF, far JMP and far CALL to every ring and with every fault',
  'page-faults': 'SDM vol. 3A, 4.6 to 4.10: rights, error codes, accessed and dirty bits, invalidation',
  'interrupts': 'SDM vol. 3A, 6.8 and vol. 1, 19.5: interrupt shadow, IOPL, I/O permission map, controllers',
  'apic': 'SDM vol. 3A, chapter 10: local APIC and I/O APIC, with and without paging',
  'tasks': 'SDM vol. 3A, chapter 7 and 5.8.4: task switches and call gates, and every fault of theirs',
  'real-mode': 'SDM vol. 3B, 20.1: real mode, its vectors, and the way there and back',
  'debug': 'SDM vol. 3B, 17.2 and 17.3: breakpoints and their registers; vol. 3A, 5.8.7: SYSENTER',
  'pae': 'SDM vol. 3A, 4.4: PAE paging, its rights, reserved bits and pointer registers',
  'virtual-8086': 'SDM vol. 3B, 20.2: virtual-8086 mode, its sensitive instructions, its exceptions',
  'protection': 'SDM vol. 3A, 5.9, 5.10 and 2.5: descriptors, privileged instructions, control registers',
};

const RUNS: readonly RunOptions[] = [{clock: 'cycles'}, {clock: 'instructions'}, {clock: 'cycles', maxBlock: 1}];
const nameOf = ({clock, maxBlock}: RunOptions): string => `clock ${clock}${maxBlock === undefined ? '' : `, blocks of ${maxBlock}`}`;

/** The first line that differs, with the probe it belongs to. */
function firstDifference(actual: readonly string[], expected: readonly string[]): string | null {
  let probe = '';
  for (let at = 0; at < Math.max(actual.length, expected.length); at++) {
    if (!expected[at]?.startsWith('  ')) probe = expected[at] ?? probe;
    if (actual[at] !== expected[at]) return `line ${at + 1}, probe '${probe.trim()}': here '${actual[at] ?? 'nothing'}', expected '${expected[at] ?? 'nothing'}'`;
  }
  return null;
}

for (const image of ASKED_IMAGES) {
  test(`${image}: the answers were recorded for the committed image`, t => {
    t.is(answers[image].image, imageHash(image));
    t.is(answers[image].exitCode, 1);
  });

  for (const run of RUNS) {
    test(`${SECTIONS[image]} (${nameOf(run)})`, t => {
      const {ending, exitCode, console} = runImage(image, run);
      t.is(firstDifference(console, corrected(image, answers[image].console)), null);
      t.is(ending.reason, '');
      t.is(exitCode, answers[image].exitCode);
    });
  }
}

test('every deviation of QEMU from the manual is still there', t => {
  const used = new Set<Deviation>();
  for (const image of ASKED_IMAGES) corrected(image, answers[image].console, used);
  t.deepEqual(DEVIATIONS.filter(row => !used.has(row)).map(({image, probe}) => `${image} ${probe}`), []);
});

for (const run of RUNS) {
  const blocks = blocksOf(runImage(MANUAL_IMAGE, run).console);
  const probed = blocks.filter(([title]) => / @\d$/.test(title));
  const titleOf = (title: string): string => title.replace(/ @\d$/, '');

  for (const {section, rows} of EXPECTED) {
    test(`${section} (${nameOf(run)})`, t => {
      for (const [probe, outcome] of rows) {
        const events = probed.filter(([title]) => titleOf(title) === probe);
        t.true(events.length > 0, `${probe}: not probed`);
        for (const [, event] of events) t.is(event.slice(2, 2 + outcome.length), outcome, probe);
      }
    });
  }

  test(`every probe of ${MANUAL_IMAGE} has an expectation (${nameOf(run)})`, t => {
    const known = new Set(EXPECTED.flatMap(({rows}) => rows.map(([probe]) => probe)));
    t.deepEqual(probed.map(([title]) => titleOf(title)).filter(title => !known.has(title)), []);
  });

  test(`SDM vol. 3A, 6.5: REP LODSB stops at the limit with the iterations done (${nameOf(run)})`, t => {
    t.true(blocks.some(([line]) => line === ' ecx=02 esi=1000'));
  });
}
