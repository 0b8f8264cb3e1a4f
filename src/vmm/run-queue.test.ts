// Who has the processor when: woken at once or when the VCPU gives it up, what gathers meanwhile, in which order, and the edges it takes.
import test from 'ava';
import {findHost} from '../host/catalogue.ts';
import {Platform} from '../machine/platform.ts';
import {RunQueue, type Entity, type Step} from './run-queue.ts';
import {Vmm} from './vmm.ts';

const TO_KERNEL: Step = {from: 'vmm', to: 'host-kernel', there: 'call', back: 'return', reason: 'world-switch', cost: 'world_switch'};
const TO_PROCESS: Step = {from: 'host-kernel', to: 'host-user', there: 'return', back: 'call', reason: 'device-model', cost: 'host_user_switch'};
const PROCESS: Entity = {name: 'process', way: [TO_KERNEL, TO_PROCESS], takesUp: 'back_end_request'};
const THREAD: Entity = {name: 'kernel thread', way: [TO_KERNEL], takesUp: 'back_end_request'};
const INSIDE: Entity = {name: 'inside', way: [], takesUp: 'back_end_request'};
const SLICE = 100_000;

class Bench {
  readonly vmm: Vmm;
  readonly queue: RunQueue;
  readonly ran: string[] = [];

  constructor(wake: 'preempt' | 'yield', clock: 'cycles' | 'instructions' = 'cycles') {
    const MIB = 2 ** 20;
    this.vmm = new Vmm(new Platform({host: findHost('nehalem-2009'), clock, guestMemory: MIB, hostMemory: 2 * MIB, maxInstructions: 1e6}));
    this.queue = new RunQueue(this.vmm, {wake, slice: SLICE});
  }

  /** A piece of work that notes its name and where it ran. */
  work(name: string): () => void {
    return () => this.ran.push(`${name} in ${this.queue.place}`);
  }

  /** Crossings so far as `from>to`, each with its count. */
  edges(): Record<string, number> {
    const {list, counts} = this.vmm.platform.transitions;
    const sums: Record<string, number> = {};
    list.forEach(({from, to}, at) => { sums[`${from}>${to}`] = (sums[`${from}>${to}`] ?? 0) + counts[at]; });
    return sums;
  }

  /** Lets the VCPU run for some cycles; what is then due runs, as a host interrupt would have it. */
  pass(cycles: number): void {
    const {cpu, platform: {clock}} = this.vmm;
    cpu.ticksLeft -= cycles;
    clock.runDue(clock.now());
  }
}

const ROUND_TRIP = {'vmm>host-kernel': 1, 'host-kernel>host-user': 1, 'host-user>host-kernel': 1, 'host-kernel>vmm': 1};

test('an entity that pre-empts runs as soon as it is woken, there and back for each post', t => {
  const bench = new Bench('preempt');
  bench.queue.post(PROCESS, 'doorbell', bench.work('a'));
  t.deepEqual(bench.ran, ['a in host-user']);
  bench.queue.post(PROCESS, 'doorbell', bench.work('b'));
  t.deepEqual(bench.edges(), Object.fromEntries(Object.keys(ROUND_TRIP).map(edge => [edge, 2])));
});

test('what waits for the VCPU to halt gathers, runs in the order it was posted, and takes one way there and back', t => {
  const bench = new Bench('yield');
  for (const name of ['a', 'b', 'c']) bench.queue.post(PROCESS, 'doorbell', bench.work(name));
  t.deepEqual(bench.ran, []);
  bench.queue.halt([TO_KERNEL], bench.work('sleep'));
  t.deepEqual(bench.ran, ['a in host-user', 'b in host-user', 'c in host-user', 'sleep in host-kernel']);
  t.deepEqual(bench.edges(), ROUND_TRIP);
  t.like(bench.queue.statistics(), {'posts to entities': 3, 'posts beside a waiting one': 2, 'runs of woken entities': 1, 'slices ended': 0});
});

test('the same work posted again before it has run is done once; afterwards it may be posted anew', t => {
  const bench = new Bench('yield');
  const kick = bench.work('kick');
  for (let n = 0; n < 3; n++) bench.queue.post(INSIDE, 'doorbell', kick);
  bench.queue.halt([], () => {});
  bench.queue.post(INSIDE, 'doorbell', kick);
  bench.queue.halt([], () => {});
  t.deepEqual(bench.ran, ['kick in vmm', 'kick in vmm']);
});

test('entities run one after the other, the one woken first first, each with all that waits for it', t => {
  const bench = new Bench('yield');
  bench.queue.post(THREAD, 'x', bench.work('t1'));
  bench.queue.post(PROCESS, 'x', bench.work('p1'));
  bench.queue.post(THREAD, 'x', bench.work('t2'));
  bench.queue.halt([], () => {});
  t.deepEqual(bench.ran, ['t1 in host-kernel', 't2 in host-kernel', 'p1 in host-user']);
  t.is(bench.edges()['vmm>host-kernel'], 2);
});

test('a VCPU that goes on running loses the processor when its slice ends, not before', t => {
  const bench = new Bench('yield');
  bench.pass(SLICE * 2.5);
  bench.queue.post(INSIDE, 'doorbell', bench.work('a'));
  bench.pass(SLICE / 2 - 1);
  t.deepEqual(bench.ran, []);
  bench.pass(1);
  t.deepEqual(bench.ran, ['a in vmm']);
  t.is(bench.queue.statistics()['slices ended'], 1);
  t.is(bench.vmm.platform.clock.nextSource(), 'timer', 'no slice ends while nobody waits');
});

test('an entity called for something else does what waits for it first, and its slice alarm goes', t => {
  const bench = new Bench('yield');
  bench.queue.post(THREAD, 'doorbell', bench.work('posted'));
  t.is(bench.vmm.platform.clock.nextSource(), 'slice');
  bench.queue.call(THREAD, 'in-0x60', bench.work('called'));
  t.deepEqual(bench.ran, ['posted in host-kernel', 'called in host-kernel']);
  t.is(bench.edges()['vmm>host-kernel'], 1);
  t.is(bench.vmm.platform.clock.nextSource(), 'timer');
});

test('while the VCPU sleeps, or another has the processor already, nothing waits', t => {
  const bench = new Bench('yield');
  bench.queue.halt([TO_KERNEL], () => bench.queue.post(PROCESS, 'doorbell', bench.work('asleep')));
  bench.queue.go([TO_KERNEL], 'host-interrupt', () => bench.queue.post(PROCESS, 'doorbell', bench.work('in the host')));
  bench.queue.post(INSIDE, 'x', () => bench.queue.post(INSIDE, 'x', bench.work('by another')));
  bench.queue.halt([], () => {});
  t.deepEqual(bench.ran, ['asleep in host-user', 'in the host in host-user', 'by another in vmm']);
  t.is(bench.edges()['vmm>host-kernel'], 2);
});

test('under the instruction clock nothing waits: device time is the guest\'s instructions alone', t => {
  const bench = new Bench('yield', 'instructions');
  bench.queue.post(INSIDE, 'doorbell', bench.work('a'));
  t.deepEqual(bench.ran, ['a in vmm']);
});
