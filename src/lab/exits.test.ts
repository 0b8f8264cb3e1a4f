// What single instructions cost in exits under hardware assistance configured like KVM, in the steady state: (count at 1,000 -
// count at 100) / 900, exactly. The upper rows are what Linux 6.1's KVM does on AMD's processors, measured there with a guest of
// the same kind; the lower ones what its sources say.
import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {runCell} from './cell.ts';
import {buildExitsImage} from './guests/exits/build.ts';
import {packageFolder} from './own-files.ts';
import type {CellResult} from './result.ts';
import {availablePresets} from './presets.ts';
import {catalogue, cellSpec} from './testing/real-cells.ts';
import {switchesOf} from './testing/switches.ts';

const IMAGE = join(packageFolder, 'src/lab/guests/exits/exits.elf');
/** No row here depends on how the shadow tables are kept. */
const TRACED = 'hardware-assisted[exceptions=db+ud+ac+mc,exits=rdpmc+mov-dr+wbinvd]+shadow+emulated@hosted[pic=kernel]';
const SHADOW = availablePresets(catalogue.plugins).some(({name}) => name === 'kvm-shadow') ? 'kvm-shadow' : TRACED;
const NESTED = 'kvm-nested';

type Counts = Readonly<Record<string, number>>;

/** With guest time counted in instructions one run serves figures and verdict; what an operation takes does not depend on time. */
function crossings(technique: string, op: string, n: number): CellResult {
  const cell = runCell(cellSpec({workload: IMAGE, technique, host: 'zen-2017', clock: 'instructions', append: `op=${op} n=${n}`}), catalogue);
  if (cell.outcome !== 'completed' || cell.exitCode !== 0x21) throw new Error(`${op}: ${cell.outcome} ${cell.reason ?? ''}`);
  if (cell.equivalence.verdict !== 'equivalent') throw new Error(`${op}: ${cell.equivalence.detail}`);
  return cell;
}

/** Exits out of the guest by reason and detail, and arrivals in the process with the device models. */
function perOperation(technique: string, op: string): Counts {
  const sums = new Map<string, number>();
  const short = switchesOf({workload: IMAGE, technique, host: 'zen-2017', clock: 'instructions', append: `op=${op} n=100`});
  for (const [switches, sign] of [[crossings(technique, op, 1000).switches, 1], [short, -1]] as const) {
    for (const {from, to, reason, detail, count} of switches) {
      const name = to === 'host-user' ? 'to the process' : `${reason} ${detail}`;
      if (name === 'to the process' || (from.startsWith('guest') && to === 'vmm')) sums.set(name, (sums.get(name) ?? 0) + sign * count);
    }
  }
  return Object.fromEntries([...sums].filter(([, count]) => count !== 0).map(([name, count]) => [name, count / 900]));
}

const NONE: Counts = {};
const io = (detail: string): Counts => ({[`IO_INSTRUCTION ${detail}`]: 1, 'to the process': 1});
const one = (name: string): Counts => ({[name]: 1});

type Row = readonly [op: string, shadow: Counts, nested: Counts];
const both = (op: string, counts: Counts): Row => [op, counts, counts];

const MEASURED: readonly Row[] = [
  both('int80', NONE), both('ud2', one('EXCEPTION_NMI ud')), both('out', io('out-0x70')), both('in', io('in-0x71')), both('cpuid', one('CPUID cpuid')),
  both('rdtsc', NONE), both('rdmsr', one('RDMSR msr-0x10')), both('clts', NONE), both('flags', NONE), both('sgdt', NONE), both('lgdt', NONE),
  ['cr3', one('CR_ACCESS write-cr3'), NONE], ['cr3_two', {'CR_ACCESS write-cr3': 2}, NONE], ['invlpg', one('INVLPG invlpg'), NONE],
];

const BY_SOURCE: readonly Row[] = [
  both('in_pic', one('IO_INSTRUCTION in-0x21')), both('in_pit', one('IO_INSTRUCTION in-0x40')), both('out_delay', io('out-0x80')),
  both('sidt', NONE), both('lidt', NONE), both('sldt', NONE), both('str', NONE), both('smsw', NONE), both('mov_sreg', NONE), both('iret', NONE),
  both('popf_if', NONE), both('lmsw', NONE), both('cr0_ts', NONE), both('pause', NONE), both('wbinvd', one('WBINVD wbinvd')), both('invd', one('INVD invd')),
  both('rdpmc', one('RDPMC rdpmc')), both('wrmsr', {'RDMSR msr-0x10': 1, 'WRMSR msr-0x10': 1}), both('rdmsr_unknown', one('RDMSR msr-0x7ff')),
  ['read_cr3', one('CR_ACCESS read-cr3'), NONE], both('cr0_ne', one('CR_ACCESS write-cr0')),
  both('cr4_tsd', NONE), ['cr4_pge', one('CR_ACCESS write-cr4'), NONE],
  both('outs', {'IO_INSTRUCTION out-0x70': 1, 'to the process': 64}), both('ins', io('in-0x71')), both('outs_one', io('out-0x70')),
  both('hlt', {'HLT hlt': 1, 'IO_INSTRUCTION out-0x20': 1}),
];

for (const [op, shadow, nested] of [...MEASURED, ...BY_SOURCE]) {
  test(`${op}: exits an operation under KVM-like shadow and nested paging`, t => {
    t.deepEqual(perOperation(SHADOW, op), shadow);
    t.deepEqual(perOperation(NESTED, op), nested);
  });
}

test('with the timer in the kernel a tick that interrupts the guest ends there; else it goes on to the process', t => {
  const ticks = (pic: string): readonly number[] => {
    const {switches} = crossings(`hardware-assisted+nested+emulated@hosted[pic=${pic}]`, 'interrupt_on_table', 300);
    const sum = (holds: (edge: CellResult['switches'][number]) => boolean): number => switches.filter(holds).reduce((all, {count}) => all + count, 0);
    return [sum(({reason}) => reason === 'EXTERNAL_INTERRUPT'), sum(({to, detail}) => to === 'host-user' && detail === 'timer')];
  };
  const [kernel, toProcess] = ticks('kernel');
  t.true(kernel > 10);
  t.is(toProcess, 0);
  const [user, all] = ticks('user');
  t.is(user, all);
});

test('the exits guest is what its sources give, where the compiler is the one it was built with', t => {
  const {gcc} = JSON.parse(readFileSync(join(packageFolder, 'workloads/toolchain.json'), 'utf8')) as {gcc: string};
  const version = spawnSync('gcc', ['--version'], {encoding: 'utf8'}).stdout ?? '';
  if (version.split('\n')[0] === gcc) t.true(buildExitsImage().equals(readFileSync(IMAGE)));
  else t.log(`not compared: built with ${gcc}`);
  t.pass();
});
