// Hardware assistance under every setting of its controls: what leaves, and that nothing the guest can see depends on it.
import {join} from 'node:path';
import test from 'ava';
import {runCell} from '../../../src/lab/cell.ts';
import {mismatch} from '../../../src/lab/compatible.ts';
import {divergence} from '../../../src/lab/equivalence.ts';
import {runGuest} from '../../../src/lab/guest-run.ts';
import {packageFolder} from '../../../src/lab/own-files.ts';
import {parseTechnique} from '../../../src/lab/technique.ts';
import {catalogue, cellSpec, type CellRequest} from '../../../src/lab/testing/real-cells.ts';
import {switchesOf} from '../../../src/lab/testing/switches.ts';

const EXCEPTIONS = 'exceptions=de+db+bp+of+br+ud+nm+ts+np+ss+gp+pf+mf+ac+mc';
const INSTRUCTIONS = 'exits=cr3+invlpg+rdtsc+rdpmc+pause+mov-dr+tables+wbinvd';
const SETTINGS = [`${EXCEPTIONS},${INSTRUCTIONS},ports=bitmap,msrs=bitmap,halt=wait`, 'exits=cr3,cr3-targets=4,halt=wait', 'exceptions=bp+of+db'];
const FOLDER = 'src/oracle/qemu/images';
const IMAGES = [...['exceptions', 'interrupts', 'limits', 'page-faults', 'protection', 'transfers'].map(name => `${FOLDER}/${name}.elf`), 'src/lab/guests/paging.elf'];

for (const image of IMAGES) {
  test(`${image}: whatever leaves, the guest sees what bare metal shows`, t => {
    const request = {workload: join(packageFolder, image), append: image.includes('paging') ? 'seed=3 steps=400' : ''};
    const reference = runGuest(cellSpec({...request, technique: 'native'}), catalogue, {clock: 'instructions'});
    for (const settings of SETTINGS) {
      for (const memory of settings.includes('targets') ? ['nested'] : ['nested', 'shadow']) {
        for (const host of memory === 'nested' ? ['nehalem-2009', 'zen-2017'] : ['nehalem-2009']) {
          const technique = `hardware-assisted[${settings}]+${memory}`;
          const run = runGuest(cellSpec({...request, technique, host}), catalogue, {clock: 'instructions'});
          t.is(divergence(run, reference), null, `${technique} on ${host}`);
        }
      }
    }
  });
}

const GUEST = join(packageFolder, 'src/lab/guests/exits/exits.elf');

/** Exits of one operation by reason and detail. */
function exits(op: string, settings: string, technique = `hardware-assisted[${settings}]+nested`): Record<string, number> {
  const sums: Record<string, number> = {};
  const request = (n: number): CellRequest => ({workload: GUEST, technique, clock: 'instructions', append: `op=${op} n=${n}`});
  const cell = runCell(cellSpec(request(300)), catalogue);
  if (cell.equivalence.verdict !== 'equivalent') throw new Error(cell.equivalence.detail);
  for (const [switches, sign] of [[cell.switches, 1], [switchesOf(request(100)), -1]] as const) {
    for (const {from, to, reason, detail, count} of switches) {
      const name = `${reason} ${detail}`;
      if (from.startsWith('guest') && to === 'vmm') sums[name] = (sums[name] ?? 0) + sign * count;
    }
  }
  return Object.fromEntries(Object.entries(sums).filter(([, count]) => count !== 0).map(([name, count]) => [name, count / 200]));
}

const COUNTS: ReadonlyArray<readonly [op: string, settings: string, expected: Record<string, number>]> = [
  ['ud2', 'exceptions=none', {}], ['ud2', 'exceptions=ud', {'EXCEPTION_NMI ud': 1}],
  ['rdmsr_unknown', 'exceptions=gp', {'RDMSR msr-0x7ff': 1}], ['rdpmc', 'exceptions=gp', {'EXCEPTION_NMI gp': 1}],
  ['rdpmc', 'exceptions=gp,exits=rdpmc', {'RDPMC rdpmc': 1}],
  ['rdtsc', 'exits=rdtsc', {'RDTSC rdtsc': 1}], ['pause', 'exits=pause', {'PAUSE pause': 1}], ['wbinvd', 'exits=none', {}], ['wbinvd', 'exits=wbinvd', {'WBINVD wbinvd': 1}],
  ['invlpg', 'exits=invlpg', {'INVLPG invlpg': 1}],
  ['sgdt', 'exits=tables', {'GDTR_IDTR_ACCESS sgdt': 1}], ['lidt', 'exits=tables', {'GDTR_IDTR_ACCESS lidt': 1}],
  ['sldt', 'exits=tables', {'LDTR_TR_ACCESS sldt': 1}], ['str', 'exits=tables', {'LDTR_TR_ACCESS str': 1}], ['smsw', 'exits=tables', {}],
  ['out_delay', 'ports=exit', {'IO_INSTRUCTION out-0x80': 1}], ['out_delay', 'ports=bitmap', {}], ['out', 'ports=bitmap', {'IO_INSTRUCTION out-0x70': 1}],
  ['rdmsr', 'msrs=exit', {'RDMSR msr-0x10': 1}], ['rdmsr', 'msrs=bitmap', {}], ['wrmsr', 'msrs=bitmap', {'WRMSR msr-0x10': 1}],
  ['rdmsr_unknown', 'msrs=bitmap', {'RDMSR msr-0x7ff': 1}],
  ['cr3', 'exits=cr3', {'CR_ACCESS write-cr3': 1}], ['cr3', 'exits=cr3,cr3-targets=1', {}], ['cr3_two', 'exits=cr3,cr3-targets=1', {'CR_ACCESS write-cr3': 2}],
  ['cr3_two', 'exits=cr3,cr3-targets=2', {}], ['hlt', 'halt=exit', {'HLT hlt': 1, 'IO_INSTRUCTION out-0x20': 1}],
  ['hlt', 'halt=wait', {'EXTERNAL_INTERRUPT timer': 1, 'IO_INSTRUCTION out-0x20': 1}],
];
for (const [op, settings, expected] of COUNTS) {
  test(`${op} with ${settings}: ${JSON.stringify(expected)}`, t => t.deepEqual(exits(op, settings), expected));
}

const REFUSED: ReadonlyArray<readonly [technique: string, reason: RegExp]> = [
  ['hardware-assisted[cr3-targets=2]+nested', /has no use for cr3-targets unless CR3 loads leave the guest/],
  ['hardware-assisted[exits=cr3,cr3-targets=2]+shadow', /has no use for cr3-targets with shadow/],
];
for (const [technique, reason] of REFUSED) {
  test(`${technique} is refused with the reason`, t => t.regex(mismatch(parseTechnique(technique, catalogue.plugins), catalogue.plugins) ?? '', reason));
}

test('options are read in any order and written in the manual\'s', t => {
  t.is(parseTechnique('hardware-assisted[exceptions=gp+ud]+nested', catalogue.plugins).name, 'hardware-assisted[exceptions=ud+gp]+nested+emulated@hypervisor');
  t.throws(() => parseTechnique('hardware-assisted[exceptions=zz]+nested', catalogue.plugins), {message: /allowed: none, or any of de, db, bp/});
});

test('without address-space tags each entry empties the TLB, and the one page of code is walked again with 14 references; with them an exit costs no walk', t => {
  const walks = (host: string): number => {
    const references = (n: number): number => {
      const {events} = runCell(cellSpec({workload: GUEST, technique: 'hardware-assisted+nested', host, append: `op=cpuid n=${n}`}), catalogue);
      return events.find(({name}) => name === 'walk_reference')?.count ?? 0;
    };
    return (references(300) - references(100)) / 200;
  };
  t.is(walks('nehalem-2009'), 0);
  t.is(walks('nehalem-2009[tagged-tlb=off]'), 14);
});

for (const op of ['int_on_table', 'ud2_on_table', 'gp_on_table', 'interrupt_on_table']) {
  test(`${op}: an event whose delivery writes into a traced page reaches its handler once, with the state it should have`, t => {
    for (const technique of ['hardware-assisted+shadow', 'hardware-assisted+shadow[write=zap]', 'hardware-assisted[exceptions=ud+gp]+shadow', 'hardware-assisted+nested']) {
      const cell = runCell(cellSpec({workload: GUEST, technique, append: `op=${op} n=40`}), catalogue);
      t.is(cell.equivalence.verdict, 'equivalent', `${technique}: ${cell.equivalence.detail}`);
      t.is(cell.exitCode, 0x21);
      if (technique.includes('shadow')) t.true((cell.statistics?.['trace faults'] ?? 0) > 5);
    }
  });
}

for (const halt of ['exit', 'wait']) {
  test(`halt=${halt}: a guest asleep with every interrupt masked is dead, as on bare metal, though the timer goes on`, t => {
    const cell = runCell(cellSpec({workload: GUEST, technique: `hardware-assisted[halt=${halt}]+nested`, append: 'op=sleep_for_ever n=1'}), catalogue);
    t.is(cell.outcome, 'deadlock', cell.reason);
    t.is(cell.equivalence.verdict, 'equivalent', cell.equivalence.detail);
  });
}
