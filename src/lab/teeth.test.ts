// The proof has teeth: strategies with one planted fault each, written as a third party's files, must be caught.
import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {loadCatalogue} from './catalogue.ts';
import {runCell} from './cell.ts';
import {packageFolder} from './own-files.ts';
import type {CellResult} from './result.ts';
import {cellSpec, type CellRequest} from './testing/real-cells.ts';
import {folder} from './testing/folder.ts';

/** The sources of a built-in strategy, edited. */
function faulty(plugin: string, edits: ReadonlyArray<readonly [file: string, from: string, to: string]>): Record<string, string> {
  const source = pathToFileURL(join(packageFolder, 'plugins', plugin, '/'));
  const files = Object.fromEntries(readdirSync(source).filter(name => name.endsWith('.ts') && !name.includes('.test.')).map(name => [name, readFileSync(new URL(name, source), 'utf8')]));
  for (const [file, from, to] of edits) {
    if (!files[file]?.includes(from)) throw new Error(`${plugin}/${file} no longer holds: ${from}`);
    files[file] = files[file].replace(from, to);
  }
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`faulty/${name}`, text]));
}

async function runFaulty(t: ExecutionContext, files: Record<string, string>, request: CellRequest): Promise<CellResult> {
  const base = folder(t, files);
  const catalogue = await loadCatalogue({plugins: {entries: [['./faulty', {name: 'faulty'}]], base, source: 'test'}});
  return runCell(cellSpec(request, catalogue), catalogue);
}

const ENTRY = '    enterNonRoot(vmm.cpu, event);';

test('a strategy that flips one bit of a register is not equivalent, and the first divergence is named', async t => {
  const files = faulty('cpu/hardware-assisted', [['index.ts', ENTRY, `    if (event?.type === 0) vmm.cpu.r[3] ^= 4;\n${ENTRY}`]]);
  const cell = await runFaulty(t, files, {workload: 'context-switch', technique: 'faulty+nested', params: {timer: 211}});
  t.is(cell.equivalence.verdict, 'not-equivalent');
  t.regex(cell.equivalence.detail, /first divergence at \w+ \d+ of the trail, instruction \d+, eip 0x/);
  t.true(cell.claimsEquivalence);
});

test('a strategy that skips one page-table write is not equivalent', async t => {
  const files = faulty('memory/shadow', [
    ['table-writes.ts', "    this.synced++;", "    this.synced++;\n    if (this.synced === 700) return;"],
  ]);
  const cell = await runFaulty(t, files, {workload: 'pgfault', technique: 'hardware-assisted+faulty'});
  t.is(cell.equivalence.verdict, 'not-equivalent');
});

test('a strategy that drops one interrupt is not equivalent', async t => {
  const files = faulty('cpu/hardware-assisted', [
    ['index.ts', '    const event = vmm.nextEvent();', '    let event = vmm.nextEvent();\n    if (event?.type === 0 && ++this.#interrupts === 2) event = null;'],
    ['index.ts', '  readonly #vmm: Vmm;', '  readonly #vmm: Vmm;\n  #interrupts = 0;'],
  ]);
  const cell = await runFaulty(t, files, {workload: 'context-switch', technique: 'faulty+nested', params: {timer: 211}});
  t.is(cell.equivalence.verdict, 'not-equivalent');
  t.regex(cell.equivalence.detail, /first divergence at \w+ 2 of the trail/);
});

test('a strategy that counts one exit too few fails the cell', async t => {
  const files = faulty('cpu/hardware-assisted', [
    ['index.ts', '    const {cpu, strategies} = this.#vmm;', '    const {cpu, strategies, world} = this.#vmm;\n    const leave = world.leave.bind(world);\n    world.leave = (...edge) => { if (world.exits !== 50) leave(...edge); else world.exits++; };'],
  ]);
  const cell = await runFaulty(t, files, {workload: 'in', technique: 'faulty+nested'});
  t.is(cell.outcome, 'error');
  t.regex(cell.reason ?? '', /the ledger counts \d+ exits, the processor took \d+/);
});

test('a strategy that throws fails its cell with plugin, hook, cell and file', async t => {
  const thrower = "vmm => Object.assign(new DeviceAccesses(vmm), {readPort: (port: number) => { if (port === 0x80) throw new Error('out of tea'); return 0xff; }})";
  const files = faulty('io/emulated', [['index.ts', 'vmm => new DeviceAccesses(vmm)', thrower]]);
  const error = await t.throwsAsync(runFaulty(t, files, {workload: 'in', technique: 'hardware-assisted+nested+faulty'}));
  t.regex(error?.message ?? '', /^plugin io\/faulty failed in readPort\(\) in cell 'in.*': out of tea \(.*faulty\/index\.ts/);
});

test('a copy of the shadow strategy outside the checkout, unbuilt, counts what the built-in one counts', async t => {
  const base = folder(t, faulty('memory/shadow', []));
  const catalogue = await loadCatalogue({plugins: {entries: [['./faulty', {name: 'my-shadow'}]], base, source: 'test'}});
  for (const workload of ['pgfault', 'forkwait']) {
    const own = runCell(cellSpec({workload, technique: 'hardware-assisted+shadow'}, catalogue), catalogue);
    const copy = runCell(cellSpec({workload, technique: 'hardware-assisted+my-shadow'}, catalogue), catalogue);
    t.is(copy.technique.name, 'hardware-assisted+my-shadow+emulated@hypervisor');
    t.deepEqual({...copy, technique: null}, {...own, technique: null});
  }
});

const INVALID: ReadonlyArray<readonly [what: string, planted: string, reason: RegExp]> = [
  ['a reserved flag', 'vmm.cpu.eflags |= 1 << 15;', /exit reason 33 \(invalid guest state\): it must hold that RFLAGS has its reserved bits clear/],
  ['a task register that is not busy', 'vmm.cpu.segAttributes[7] &= ~0x200;', /exit reason 33 \(invalid guest state\): it must hold that TR is a present, busy task state segment/],
  ['no tag', 'vmm.cpu.controls.vpid = 0;', /VM-instruction error 7 \(invalid control fields\): it must hold that the virtual-processor identifier is not 0/],
  ['no host task register', 'vmm.cpu.controls.host.tr = 0;', /VM-instruction error 8 \(invalid host state\): it must hold that host TR is not null/],
];
for (const [what, planted, reason] of INVALID) {
  test(`a strategy that enters the guest with ${what} ends its cell, which names the rule`, async t => {
    const files = faulty('cpu/hardware-assisted', [['index.ts', ENTRY, `    ${planted}\n${ENTRY}`]]);
    const cell = await runFaulty(t, files, {workload: 'syscall', technique: 'faulty+nested'});
    t.is(cell.outcome, 'error');
    t.regex(cell.reason ?? '', reason);
  });
}
