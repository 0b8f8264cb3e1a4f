// The hypercalls of a hardware virtual machine, asked one by one: what they give, and what a guest may not ask.
import test from 'ava';
import {findHost} from '../../../src/host/catalogue.ts';
import {Platform} from '../../../src/machine/platform.ts';
import {resetForMultiboot} from '../../../src/machine/reset.ts';
import {gpa} from '../../../src/memory/address.ts';
import {Vmm} from '../../../src/vmm/vmm.ts';
import {EAX, EBX, ECX, EDX} from '../../../src/x86/registers.ts';
import hybrid from '../../architecture/hybrid/index.ts';
import nested from '../../memory/nested/index.ts';
import xenRing from './index.ts';

const MIB = 2 ** 20;
const ARGUMENT = 0x1_0000, SELF = 0x7ff0;
const MEMORY_OP = 12, XEN_VERSION = 17, GRANT_TABLE_OP = 20, SCHED_OP = 29, EVENT_CHANNEL_OP = 32, HVM_OP = 34, DOMCTL = 36;
const ADD_TO_MAP = 7, REMOVE_FROM_MAP = 15;
const EPERM = -1, ESRCH = -3, EFAULT = -14, EINVAL = -22, ENOSYS = -38;

class Machine {
  readonly vmm: Vmm;

  constructor() {
    const platform = new Platform({
      host: findHost('nehalem-2009'), clock: 'cycles', guestMemory: 4 * MIB, hostMemory: 12 * MIB, maxInstructions: 1e6,
      peripherals: {controllers: 'xen', disk: null, network: null},
    });
    this.vmm = new Vmm(platform);
    const memory = nested.create(this.vmm, {backing: '4k', 'dirty-log': 'off', 'dirty-round': 10_000});
    this.vmm.takeOver({memory, io: xenRing.create(this.vmm, {grants: 'map', persistent: false}), architecture: hybrid.create(this.vmm, {})});
    resetForMultiboot(platform.cpu, {entry: 0x10_0000, magic: 0, infoAddress: 0});
    memory.start();
  }

  call(number: number, command: number, words: readonly number[] = [], more = 1): number {
    words.forEach((word, at) => this.vmm.guest.write32(gpa(ARGUMENT + at * 4), word));
    const {r} = this.vmm.cpu;
    r[EAX] = number;
    r[EBX] = command;
    r[ECX] = ARGUMENT;
    r[EDX] = more;
    this.vmm.world.leave('exit', 'VMCALL', 'vmcall');
    this.vmm.visible!.call();
    return r[EAX];
  }
  word(index: number): number {
    return this.vmm.guest.read32(gpa(ARGUMENT + index * 4));
  }
  /** struct xen_add_to_physmap. */
  place(space: number, index: number, frame: number, domain = SELF): number {
    return this.call(MEMORY_OP, ADD_TO_MAP, [domain, space, index, frame]);
  }
}

test('nobody is found before the guest looks; then the leaves name Xen', t => {
  const {visible} = new Machine().vmm;
  t.is(visible!.cpuid(1), null);
  t.false(visible!.found);
  const {ebx, ecx, edx} = visible!.cpuid(0x4000_0000)!;
  t.is(Buffer.from(Int32Array.of(ebx, ecx, edx).buffer).toString(), 'XenVMMXenVMM');
  t.true(visible!.found);
  t.is(visible!.cpuid(0x4000_0100), null);
});

test('the hypercall page is written where the guest wants it, and nowhere else', t => {
  const {vmm} = new Machine();
  t.true(vmm.visible!.writeMsr(0x4000_0000, 0x5000));
  t.is(vmm.guest.read32(gpa(0x5000 + 32 * 20)), 0xb8 | (20 << 8));
  t.false(vmm.visible!.writeMsr(0x4000_0000, 0x5001));
  t.false(vmm.visible!.writeMsr(0x4000_0000, 0xf000_0000));
  t.false(vmm.visible!.writeMsr(0x174, 0));
});

test('a page of Xen\'s comes to lie where it is wanted, within memory or beyond; when it moves on nothing is left behind', t => {
  const machine = new Machine();
  const {guest} = machine.vmm;
  for (const frame of [30, 0xf_eb00]) {
    t.is(machine.place(1, 0, frame), 0);
    t.true(guest.hostFrame(frame) >= 0);
  }
  t.is(guest.hostFrame(30), -1);
  const machineFrame = guest.hostFrame(0xf_eb00);
  t.is(machine.place(0, 0, 0xf_eb00), 0);
  t.not(guest.hostFrame(0xf_eb00), machineFrame);
  t.is(machine.call(MEMORY_OP, REMOVE_FROM_MAP, [SELF, 0xf_eb00]), 0);
  t.is(guest.hostFrame(0xf_eb00), -1);
});

test('an event is pending by the vector that the guest chose, until it has taken it', t => {
  const machine = new Machine();
  const {visible, guest} = machine.vmm;
  t.is(machine.place(0, 0, 30), 0);
  t.is(machine.call(HVM_OP, 0, [SELF, 0, 0x51, 2 << 24]), 0);
  t.is(machine.call(EVENT_CHANNEL_OP, 7, [0, 0]), 0);
  t.is(visible!.vector(), -1);
  t.is(machine.call(EVENT_CHANNEL_OP, 4, [machine.word(1)]), 0);
  t.is(visible!.vector(), 0x51);
  guest.write32(gpa(30 * 4096), 0);
  t.is(visible!.vector(), -1);
});

const ROWS: ReadonlyArray<readonly [what: string, call: (machine: Machine) => number, result: number]> = [
  ['a page of a space that is not there', machine => machine.place(7, 0, 30), EINVAL], ['a second shared page', machine => machine.place(0, 1, 30), EINVAL],
  ['a grant frame beyond the table', machine => machine.place(1, 1000, 30), EINVAL], ['a place beyond 4 GiB', machine => machine.place(0, 0, 0x10_0000), EINVAL],
  ['another domain\'s memory', machine => machine.place(0, 0, 30, 5), ESRCH], ['to remove what is not there', machine => machine.call(MEMORY_OP, REMOVE_FROM_MAP, [SELF, 0x8_0000]), EINVAL],
  ['the store\'s page', machine => machine.call(HVM_OP, 1, [SELF, 1, 0, 0]), 0], ['to set it', machine => machine.call(HVM_OP, 0, [SELF, 1, 5, 0]), EPERM],
  ['an unknown parameter', machine => machine.call(HVM_OP, 1, [SELF, 5000, 0, 0]), EINVAL], ['a hypercall that only tools may', machine => machine.call(DOMCTL, 0), ENOSYS],
  ['a hypercall without a number', machine => machine.call(12_345, 0), ENOSYS], ['the version', machine => machine.call(XEN_VERSION, 0), 0x3_0002],
  ['to suspend', machine => machine.call(SCHED_OP, 2, [2]), EINVAL], ['an unknown operation on grants', machine => machine.call(GRANT_TABLE_OP, 99), ENOSYS],
];
for (const [what, call, result] of ROWS) test(`${what}: ${result}`, t => t.is(call(new Machine()), result));

test('a pointer beyond memory is told, and a program of the guest\'s may not call', t => {
  const machine = new Machine();
  machine.vmm.cpu.r[ECX] = 0x8000_0000;
  Object.assign(machine.vmm.cpu.r, {[EAX]: MEMORY_OP, [EBX]: ADD_TO_MAP});
  machine.vmm.world.leave('exit', 'VMCALL', 'vmcall');
  machine.vmm.visible!.call();
  t.is(machine.vmm.cpu.r[EAX], EFAULT);
  machine.vmm.cpu.setCpl(3);
  t.is(machine.call(XEN_VERSION, 0), EPERM);
});

test('the platform device is on the bus, and its port has the emulated drive taken away', t => {
  const {devices: {ports}} = new Machine().vmm.platform;
  ports.write(0xcf8, 4, 0x8000_1000);
  t.is(ports.read(0xcfc, 4), 0x0001_5853);
  t.is(ports.read(0x10, 2), 0x49d2);
  ports.write(0x10, 2, 3);
  t.is(ports.read(0x1f7, 1), 0);
});
