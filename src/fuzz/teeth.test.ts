// The random guests have teeth: a strategy with one planted fault, written as a third party's file, is found and the program
// that shows it shrunk to a few instructions.
import {readFileSync} from 'node:fs';
import test from 'ava';
import {loadCatalogue} from '../lab/catalogue.ts';
import {folder} from '../lab/testing/folder.ts';
import {findingText, Hunt} from './hunt.ts';

/** Hardware-assisted virtualization with something wrong `before` each entry or `after` each exit, or from the `start`. */
const strategy = ({start = '', before = '', after = ''}: Fault): string => `
import {defineCpuStrategy, enterNonRoot, handleExit, CR0_WP, CR4_TSD, EAX, EBX, EXIT_REASONS, STOP_EXIT, STOP_TRIPLE_FAULT} from 'worldswitch';
export default defineCpuStrategy({
  apiVersion: 1, kind: 'cpu', name: 'hardware-assisted', title: 'a strategy with a fault', needs: {features: ['hardware-assistance']},
  create: vmm => ({
    run() {
      const {cpu, strategies: {memory, io}} = vmm;
      cpu.controls.externalInterrupt = true;
      cpu.controls.halt = true;
      let n = 0;
      memory.start();
      memory.configure(cpu.controls);
      ${start}
      for (;;) {
        const event = vmm.nextEvent();
        ${before}
        vmm.world.enter('vm-entry');
        enterNonRoot(cpu, event);
        if (cpu.stop !== STOP_EXIT && cpu.stop !== STOP_TRIPLE_FAULT) return vmm.endingWithoutExit();
        const {reason} = cpu.exit;
        const ending = handleExit(vmm);
        if (ending) return ending;
        ${after}
      }
    },
  }),
});`;

interface Fault { readonly start?: string; readonly before?: string; readonly after?: string }

/** Fault, memory strategy under which it shows, most instructions of the shrunk program. */
const FAULTS: ReadonlyArray<readonly [title: string, fault: Fault, memory: string, most: number]> = [
  ['an injected exception loses the write bit of its error code', {before: 'if (event && event.errorCode > 0) event.errorCode &= ~2;'}, 'shadow', 3],
  ['a page fault leaves another address in CR2', {before: 'if (event?.vector === 14) cpu.cr2 ^= 4096;'}, 'shadow', 3],
  ['an interrupt is delivered in the shadow of STI', {start: "Object.defineProperty(cpu, 'shadow', {get: () => false, set: () => {}});"}, 'nested', 12],
  ['the time-stamp counter is one too high', {start: 'cpu.controls.tscOffset = 1;'}, 'nested', 3],
  ['CPUID shows another vendor', {after: 'if (reason === EXIT_REASONS.CPUID) cpu.r[EBX] ^= 1 << 8;'}, 'nested', 3],
  ['every port but the console reads as ones', {start: 'const {readPort} = io; io.readPort = (port, width) => (port < 0x3f8 && port > 0x60 ? 0xffffffff : readPort(port, width));'}, 'nested', 4],
  ['CR0.WP is taken for set', {start: 'const {writeCr0} = memory; memory.writeCr0 = value => writeCr0(value | CR0_WP);'}, 'shadow', 3],
  ['CR4.TSD has no effect', {before: 'cpu.cr4 &= ~CR4_TSD;'}, 'nested', 3],
  ['INVLPG is forgotten', {start: 'memory.invlpg = () => {};'}, 'shadow', 10],
  ['a write to a page table is not followed', {start: 'const {wrote} = memory; memory.wrote = (at, width) => { if (++n % 2 !== 0) wrote(at, width); };'}, 'shadow', 12],
  ['HLT does not leave the guest', {start: 'cpu.controls.halt = false;', before: 'if (cpu.stop === 2) cpu.stop = 0;'}, 'nested', 3],
];

const FIRST_FEW = 400;

for (const [title, fault, memory, most] of FAULTS) {
  test(`planted: ${title}`, async t => {
    const base = folder(t, {'faulty/index.ts': strategy(fault)});
    const catalogue = await loadCatalogue({plugins: {entries: [['./faulty', {name: 'faulty'}]], base, source: 'test'}});
    const hunt = new Hunt(catalogue, [`faulty+${memory}`], 1);
    let number = 0;
    let [finding] = hunt.try(number);
    while (!finding && ++number < FIRST_FEW) [finding] = hunt.try(number);
    t.truthy(finding, `not found in ${FIRST_FEW} programs`);
    t.log(`found by program ${number}, shrunk to ${finding?.shrunk?.size} instructions`);
    t.true((finding?.shrunk?.size ?? Infinity) <= most, finding && findingText(finding));
    t.true((finding?.shrunk?.assembly.length ?? 0) > 0 || finding?.shrunk?.size === 0);
  });
}

test('CI runs ten thousand programs', t => {
  t.regex(readFileSync(new URL('../../../.ci/run', import.meta.url), 'utf8'), /npm run -s fuzz -- --programs 10000/);
});
