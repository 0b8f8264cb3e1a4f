// The named instruction is the very first: runs cut off before it end in the same registers, runs cut off behind it do not.
import {join} from 'node:path';
import test from 'ava';
import {runCell} from './cell.ts';
import {packageFolder} from './own-files.ts';
import {runGuest, type GuestRun} from './guest-run.ts';
import {catalogue, cellSpec, type CellRequest} from './testing/real-cells.ts';

const PLAIN = 'pentium4-2005';
const image = (name: string): string => join(packageFolder, 'src/oracle/qemu/images', `${name}.elf`);

const ROWS: ReadonlyArray<readonly [workload: string, technique: string, instruction: RegExp]> = [
  ['syscall', 'trap-and-emulate+shadow', /^popf$/],
  ['context-switch', 'trap-and-emulate+shadow', /^popf$/],
  ['syscall', 'trap-and-emulate[model=0/3]+shadow', /^popf$/],
  [image('protection'), 'trap-and-emulate+shadow', /^lar ecx,eax$/],
];

/** Registers with which a run ends that may take so many instructions, flags but RF as the guest believes them to be. */
function endAfter(request: CellRequest, instructions: number): readonly number[] {
  const run: GuestRun = runGuest(cellSpec({...request, maxInstructions: instructions}), catalogue, {clock: 'instructions'});
  const {values, instruction} = run.platform.recorder.trail.entries.at(-1)!;
  return [instruction, ...values.slice(1, 10), values[10] & ~0x10000];
}

for (const [workload, technique, instruction] of ROWS) {
  test(`${workload.split('/').at(-1)} under ${technique}: the first instruction after which registers differ is named`, t => {
    const request = {workload, technique, host: PLAIN};
    const {verdict, detail} = runCell(cellSpec(request), catalogue).equivalence;
    t.is(verdict, 'not-equivalent');
    const [, number, , disassembly] = /the first after which registers differ is instruction (\d+), eip 0x([\da-f]+): (.*?) \(/.exec(detail) ?? [];
    t.regex(disassembly ?? detail, instruction);
    const native = {...request, technique: 'native'};
    const at = Number(number);
    t.deepEqual(endAfter(request, at - 1), endAfter(native, at - 1));
    t.notDeepEqual(endAfter(request, at), endAfter(native, at));
  });
}
