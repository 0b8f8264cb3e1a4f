// Intel SDM vol. 3C, chapter 29 APIC Virtualization and Virtual Interrupts, on a page of memory as a VMM would give it.
import test from 'ava';
import {at, newPage, type RegisterPage} from '../../x86/apic/register-page.ts';
import * as R from '../../x86/apic/registers.ts';
import {exitReasonName} from '../../x86/exit-reasons.ts';
import {EXIT} from '../signal.ts';
import {NO_EXIT, type Cpu} from '../state.ts';
import {Bench} from '../testing/single.ts';
import {VirtualApicSpace} from './accesses.ts';
import {acknowledgeVirtual, evaluate} from './page.ts';
import {PostedInterrupts} from './posted.ts';

const ACCESS_PAGE = 0x4000;
type Assistance = 'none' | 'shadow' | 'delivery' | 'registers';

class Guest {
  readonly cpu: Cpu = new Bench().cpu;
  readonly page: RegisterPage = newPage();
  readonly space = new VirtualApicSpace(this.cpu, {read: () => 0x5a, write: () => {}});

  constructor(assistance: Assistance) {
    this.cpu.nonRoot = true;
    Object.assign(this.cpu.controls, {
      virtualApic: this.page, apicAccessPage: ACCESS_PAGE, tprShadow: assistance !== 'none', apicRegisters: assistance === 'registers',
      virtualInterrupts: assistance === 'delivery' || assistance === 'registers', eoiExits: newPage(),
    });
  }

  /** What an access comes to: nothing, an exit in its place, or one behind it. */
  #outcome(access: () => void): string {
    const {cpu} = this;
    cpu.exitAfter = NO_EXIT;
    try {
      access();
    } catch (signal) {
      if (signal !== EXIT) throw signal;
      return `${exitReasonName(cpu.exit.reason)} ${cpu.exit.qualification.toString(16)}`;
    }
    return cpu.exitAfter === NO_EXIT ? 'done' : `then ${exitReasonName(cpu.exitAfter)} ${cpu.exitAfterQualification.toString(16)}`;
  }

  read(offset: number, width: 1 | 2 | 4 = 4): string {
    return this.#outcome(() => this.space.read(ACCESS_PAGE + offset, width));
  }

  write(offset: number, value: number, width: 1 | 2 | 4 = 4): string {
    return this.#outcome(() => this.space.write(ACCESS_PAGE + offset, width, value));
  }

  request(...vectors: number[]): this {
    for (const vector of vectors) this.page[at(R.REQUESTS + (vector >>> 5) * 16)] |= 1 << (vector & 31);
    evaluate(this.cpu);
    return this;
  }
}

/** Registers that each kind of assistance virtualizes for reading: none, and more and more of them. */
const READS: ReadonlyArray<readonly [offset: number, shadow: boolean, delivery: boolean, registers: boolean]> = [
  [R.APIC_ID, false, false, true], [R.VERSION, false, false, true], [R.TASK_PRIORITY, true, true, true], [0x090, false, false, false],
  [R.PROCESSOR_PRIORITY, false, false, false], [R.END_OF_INTERRUPT, false, true, true], [R.LOGICAL_DESTINATION, false, false, true],
  [R.DESTINATION_FORMAT, false, false, true], [R.SPURIOUS_VECTOR, false, false, true], [0x100, false, false, true], [0x1f0, false, false, true],
  [0x270, false, false, true], [R.ERROR_STATUS, false, false, true], [R.COMMAND_LOW, false, true, true], [R.COMMAND_HIGH, false, false, true],
  [R.LVT_TIMER, false, false, true], [R.LVT_ERROR, false, false, true], [R.INITIAL_COUNT, false, false, true], [R.CURRENT_COUNT, false, false, false],
  [R.DIVIDE, false, false, true], [0x3f0, false, false, false],
];
for (const [offset, ...virtual] of READS) {
  test(`29.4.2: a read of 0x${offset.toString(16)} leaves the guest but for ${virtual.map((yes, kind) => (yes ? ['the shadow', 'delivery', 'registers'][kind] : '')).join(' ')}`, t => {
    const exit = `APIC_ACCESS ${offset.toString(16)}`;
    t.is(new Guest('none').read(offset), exit);
    (['shadow', 'delivery', 'registers'] as const).forEach((assistance, kind) => t.is(new Guest(assistance).read(offset), virtual[kind] ? 'done' : exit, assistance));
  });
}

const WRITES: ReadonlyArray<readonly [what: string, offset: number, value: number, shadow: string, registers: string]> = [
  ['the task priority', R.TASK_PRIORITY, 0x1ff, 'done', 'done'], ['the identity', R.APIC_ID, 0, 'APIC_ACCESS 1020', 'then APIC_WRITE 20'],
  ['the version', R.VERSION, 0, 'APIC_ACCESS 1030', 'APIC_ACCESS 1030'], ['a request', R.REQUESTS, 0, 'APIC_ACCESS 1200', 'APIC_ACCESS 1200'],
  ['the end of an interrupt', R.END_OF_INTERRUPT, 0, 'APIC_ACCESS 10b0', 'done'], ['a command\'s destination', R.COMMAND_HIGH, -1, 'APIC_ACCESS 1310', 'done'],
  ['a command to oneself', R.COMMAND_LOW, 0x4_0045, 'APIC_ACCESS 1300', 'done'], ['the same, asserted', R.COMMAND_LOW, 0x4_4045, 'APIC_ACCESS 1300', 'done'],
  ['an illegal vector to oneself', R.COMMAND_LOW, 0x4_0005, 'APIC_ACCESS 1300', 'then APIC_WRITE 300'], ['a level to oneself', R.COMMAND_LOW, 0x4_8045, 'APIC_ACCESS 1300', 'then APIC_WRITE 300'],
  ['a command to all', R.COMMAND_LOW, 0x8_0045, 'APIC_ACCESS 1300', 'then APIC_WRITE 300'], ['an NMI to oneself', R.COMMAND_LOW, 0x4_0400, 'APIC_ACCESS 1300', 'then APIC_WRITE 300'],
  ['a local vector', R.LVT_LINT1, 0x400, 'APIC_ACCESS 1360', 'then APIC_WRITE 360'], ['the initial count', R.INITIAL_COUNT, 5, 'APIC_ACCESS 1380', 'then APIC_WRITE 380'],
  ['the current count', R.CURRENT_COUNT, 5, 'APIC_ACCESS 1390', 'APIC_ACCESS 1390'],
];
for (const [what, offset, value, shadow, registers] of WRITES) {
  test(`29.4.3: a write of ${what}: with the shadow alone ${shadow}, with registers ${registers}`, t => {
    t.is(new Guest('shadow').write(offset, value), shadow);
    t.is(new Guest('registers').write(offset, value), registers);
  });
}

test('an access beyond a register\'s four bytes leaves the guest; a narrow one within them does not', t => {
  const guest = new Guest('registers');
  t.is(guest.read(R.TASK_PRIORITY + 4), 'APIC_ACCESS 84');
  t.is(guest.read(R.TASK_PRIORITY + 3, 2), 'APIC_ACCESS 83');
  t.is(guest.write(R.TASK_PRIORITY, 0x35, 1), 'done');
  t.is(guest.page[at(R.TASK_PRIORITY)], 0x35);
});

test('other addresses, and the page outside non-root operation, are not virtualized', t => {
  const guest = new Guest('registers');
  t.is(guest.space.read(ACCESS_PAGE + 0x1000, 4), 0x5a);
  guest.cpu.nonRoot = false;
  t.is(guest.space.read(ACCESS_PAGE, 4), 0x5a);
});

test('29.1.2: with the shadow alone, a priority below the threshold leaves the guest behind the write', t => {
  const guest = new Guest('shadow');
  guest.cpu.controls.tprThreshold = 4;
  t.is(guest.write(R.TASK_PRIORITY, 0x50), 'done');
  t.is(guest.write(R.TASK_PRIORITY, 0x40), 'done');
  t.is(guest.write(R.TASK_PRIORITY, 0x3f), 'then TPR_BELOW_THRESHOLD 0');
});

test('29.2: the highest request above the processor\'s priority is recognized and delivered; its end lets the next one through', t => {
  const guest = new Guest('registers').request(0x41, 0x52, 0x58);
  t.true(guest.cpu.virtualInterrupt);
  t.is(acknowledgeVirtual(guest.cpu), 0x58);
  t.is(guest.page[at(R.PROCESSOR_PRIORITY)], 0x50);
  t.false(guest.cpu.virtualInterrupt);
  t.is(guest.write(R.END_OF_INTERRUPT, 0), 'done');
  t.is(acknowledgeVirtual(guest.cpu), 0x52);
  guest.write(R.END_OF_INTERRUPT, 0);
  guest.write(R.TASK_PRIORITY, 0x40);
  t.false(guest.cpu.virtualInterrupt);
  guest.write(R.TASK_PRIORITY, 0x3f);
  t.true(guest.cpu.virtualInterrupt);
});

test('29.1.4: an end of interrupt leaves the guest where the bitmap says so, and not with nothing in service', t => {
  const guest = new Guest('registers').request(0x45);
  guest.cpu.controls.eoiExits[at((0x45 >>> 5) * 16)] = 1 << (0x45 & 31);
  t.is(guest.write(R.END_OF_INTERRUPT, 0), 'done');
  acknowledgeVirtual(guest.cpu);
  t.is(guest.write(R.END_OF_INTERRUPT, 0), 'then VIRTUALIZED_EOI 45');
});

test('29.6: what is posted reaches the running guest at once, and otherwise waits for the VMM', t => {
  const guest = new Guest('registers');
  const posted = new PostedInterrupts();
  guest.cpu.controls.posted = posted;
  posted.post(guest.cpu, 0x61);
  t.true(guest.cpu.virtualInterrupt);
  t.is(acknowledgeVirtual(guest.cpu), 0x61);
  guest.cpu.nonRoot = false;
  posted.post(guest.cpu, 0x71);
  posted.post(guest.cpu, 0x72);
  t.is(posted.delivered, 1);
  t.true(posted.synchronize(guest.page));
  t.is(guest.page[at(R.REQUESTS + 0x30)], 0x6_0000);
  t.false(posted.synchronize(guest.page));
});
