// Following a guest: what is told, between which places, and that observing changes no count.
import test from 'ava';
import {Follow, FOLLOWED, type Followed, type FollowRequest, type Step} from './follow.ts';
import {readPlace} from './follow-range.ts';
import {runGuest, type GuestRun} from './guest-run.ts';
import {packageFolder} from './own-files.ts';
import {catalogue, cellSpec, type CellRequest} from './testing/real-cells.ts';

const EVERYTHING = new Set(FOLLOWED);

function follow(request: CellRequest, asked: Partial<FollowRequest> = {}): {steps: readonly Step[]; run: GuestRun} {
  const spec = cellSpec(request);
  let made: Follow | null = null;
  const run = runGuest(spec, catalogue, {clock: spec.clock, prepare: (platform, vmm) => {
    made = new Follow(platform, vmm, {from: null, to: null, only: EVERYTHING, limit: 1e9, stops: false, ...asked});
  }});
  return {steps: (made as unknown as Follow).steps, run};
}

const counts = ({total, platform, ending}: GuestRun): unknown => ({
  ...total, counts: [...total.counts], crossings: [...total.crossings].slice(0, platform.transitions.list.length), ending, trail: platform.recorder.trail.digest(),
  console: platform.console, edges: platform.transitions.list,
});

const CELLS: readonly CellRequest[] = [
  {workload: 'syscall', technique: 'native', params: {operations: 20}},
  {workload: 'pgfault', technique: 'hardware-assisted+nested', params: {operations: 20}},
  {workload: 'ptemod', technique: 'hardware-assisted+shadow', params: {operations: 20}, clock: 'instructions'},
  {workload: 'syscall', technique: 'trap-and-emulate+shadow', host: 'pentium4-2005[virtualizable]', params: {operations: 20}},
  {workload: 'pgfault', technique: 'binary-translation+shadow', host: 'pentium4-2005', params: {operations: 20}},
  {workload: 'syscall', technique: 'interpretation+software-mmu@hosted', params: {operations: 20}},
  {workload: 'syscall', technique: 'dynamic-translation+software-mmu@hosted', params: {operations: 20}},
];
for (const cell of CELLS) {
  test(`observing changes no count: ${cell.workload} under ${cell.technique}`, t => {
    const spec = cellSpec(cell);
    const plain = runGuest(spec, catalogue, {clock: spec.clock});
    const {run, steps} = follow(cell, {from: readPlace('--from', 'marker 1'), to: readPlace('--to', 'marker 2')});
    t.deepEqual(counts(run), counts(plain));
    t.true(steps.length > 100);
  });
}

test('between the markers each instruction is told once, in order', t => {
  const {steps, run} = follow({workload: 'syscall', technique: 'native', params: {operations: 20}}, {from: readPlace('', 'marker 1'), to: readPlace('', 'marker 2'), only: new Set(['instructions'])});
  const told = steps.map(({instruction}) => instruction);
  t.deepEqual(told, told.map((_, at) => told[0] + at));
  t.is(told.length, run.region.instructions);
  t.true(steps.some(({text, ring}) => text.startsWith('int ') && ring === 3));
});

const kindsIn = (steps: readonly Step[]): Followed[] => FOLLOWED.filter(kind => steps.some(step => step.kind === kind));

test('exits, faults and interrupts are told, and only what is asked for', t => {
  const cell = {workload: 'pgfault', technique: 'hardware-assisted+shadow', params: {operations: 5}};
  t.deepEqual(kindsIn(follow(cell, {limit: 200_000}).steps), ['instructions', 'exits', 'faults']);
  const {steps} = follow(cell, {from: readPlace('', 'marker 1'), to: readPlace('', 'marker 2'), only: new Set(['exits', 'faults'])});
  t.deepEqual(kindsIn(steps), ['exits', 'faults']);
  t.true(steps.filter(({kind, text}) => kind === 'faults' && text.startsWith('#PF error 0x')).length >= 5);
  t.true(steps.some(({text}) => text.startsWith('EXCEPTION_NMI pf-true')));
  const interrupts = follow({workload: `${packageFolder}/src/oracle/qemu/images/interrupts.elf`, technique: 'native'}, {only: new Set(['interrupts'])}).steps;
  t.true(interrupts.length > 10 && interrupts.every(({kind}) => kind === 'interrupts'));
});

test('an address and a count begin and end it, and the run may end there', t => {
  const cell = {workload: 'syscall', technique: 'native', params: {operations: 5}};
  const all = follow(cell, {only: new Set(['instructions']), limit: 3000}).steps;
  const [from, to] = [all[1000], all[1040]];
  t.deepEqual(follow(cell, {from: {at: 'count', value: 1000}, to: {at: 'count', value: 1040}, only: new Set(['instructions'])}).steps, all.slice(1000, 1040));
  const first = all.findIndex(({eip}) => eip === from.eip), last = all.findIndex(({eip}, at) => at > first && eip === to.eip);
  const {steps, run} = follow(cell, {from: {at: 'address', value: from.eip | 0}, to: {at: 'address', value: to.eip | 0}, only: new Set(['instructions']), stops: true});
  t.deepEqual(steps, all.slice(first, last));
  t.is(run.ending.outcome, 'budget');
  t.is(run.platform.recorder.retired(), last);
});

test('16-bit code is disassembled as such', t => {
  const {steps} = follow({workload: `${packageFolder}/src/oracle/qemu/images/real-mode.elf`, technique: 'native'}, {only: new Set(['instructions']), limit: 200_000});
  t.true(steps.some(({text}) => text === 'mov bx,1234h'), steps.find(({text}) => text.includes('1234h'))?.text);
});

const WRONG: ReadonlyArray<readonly [written: string]> = [['marker'], ['0x'], ['-1'], ['first'], ['marker 1.5']];
for (const [written] of WRONG) test(`'${written}' is no place`, t => { t.throws(() => readPlace('--from', written), {message: /--from is '.*'; give 'marker N', an address/}); });
