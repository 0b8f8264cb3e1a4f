// An assigned device: the guest drives the machine's own controller. Its ports are open in the I/O bitmap and its pages mapped for the guest, so
// that no access leaves; an IOMMU keeps its DMA within the guest's memory; its configuration space stays virtual. The rest of the PC is emulated.
// Abramson et al., "Intel Virtualization Technology for Directed I/O", Intel Technology Journal 10(3), 2006.
import {defineIoStrategy, DeviceAccesses, floating, oneOf, options} from 'worldswitch';
import type {AssignedDevices, EventSource, IoStrategy, OptionValue, Vmm} from 'worldswitch';
import {DmaDomain} from './domain.ts';
import {Interrupts} from './interrupts.ts';
import {NOBODY, NOT_ASSIGNED, Resources} from './resources.ts';

type Width = 1 | 2 | 4;

class Passthrough implements IoStrategy {
  readonly #vmm: Vmm;
  /** Everything that is not assigned. */
  readonly #accesses: DeviceAccesses;
  readonly #resources: Resources;
  readonly #domain: DmaDomain;
  readonly #interrupts: Interrupts;
  /** Accesses to assigned devices that left the guest all the same. */
  #forwarded = 0;

  constructor(vmm: Vmm, {devices: wanted, interrupts}: Readonly<Record<'devices' | 'interrupts', OptionValue>>) {
    this.#vmm = vmm;
    this.#accesses = new DeviceAccesses(vmm);
    const functions = vmm.platform.devices.assignable.filter(({source}) => wanted === 'all' || source === wanted);
    this.#resources = new Resources(vmm, functions);
    this.#domain = new DmaDomain(vmm, functions);
    this.#interrupts = new Interrupts(vmm, {domain: this.#domain, functions: this.#resources.guestFunctions, mayPost: interrupts === 'host'});
    const sources = new Set(functions.map(({source}) => source));
    const requesters = new Set(functions.map(({requester}) => requester));
    const onMoved: AssignedDevices['onMoved'] = [];
    this.#resources.onMoved = frames => { for (const told of onMoved) told(frames); };
    vmm.assigned = {
      owns: (source: EventSource) => sources.has(source), masters: requester => requesters.has(requester), memory: this.#domain.bus, onMoved,
      openPorts: () => this.#resources.openPorts(), hostFrame: frame => this.#resources.hostFrame(frame),
    };
  }

  readPort(port: number, width: Width): number {
    const {ports} = this.#vmm.platform.devices;
    return this.#isWhole(port, width)
      ? this.#reach(this.#resources.port(port), 'port_io', {assigned: at => ports.read(at, width), other: () => this.#accesses.readPort(port, width), nobody: floating(width)})
      : bytesOf(width).reduce((value, byte) => value + this.readPort(port + byte, 1) * 2 ** (8 * byte), 0);
  }

  writePort(port: number, width: Width, value: number): void {
    const {ports} = this.#vmm.platform.devices;
    if (!this.#isWhole(port, width)) for (const byte of bytesOf(width)) this.writePort(port + byte, 1, (value >>> (8 * byte)) & 0xff);
    else this.#reach(this.#resources.port(port), 'port_io', {assigned: at => ports.write(at, width, value), other: () => this.#accesses.writePort(port, width, value), nobody: undefined});
  }

  readMemory(address: number, width: Width): number {
    const {memory} = this.#vmm.platform.devices;
    return this.#reach(this.#resources.address(address), 'mmio', {
      assigned: at => memory.read(at, width), other: () => this.#accesses.readMemory(address, width), nobody: floating(width),
    });
  }

  writeMemory(address: number, width: Width, value: number): void {
    const {memory} = this.#vmm.platform.devices;
    this.#reach(this.#resources.address(address), 'mmio', {
      assigned: at => memory.write(at, width, value), other: () => this.#accesses.writeMemory(address, width, value), nobody: undefined,
    });
  }

  /** What the memory strategy has to see and a device's DMA does not show it. */
  outsideClaim(): string | null {
    const {unseenWrites} = this.#domain;
    return unseenWrites === 0 ? null : `a device wrote ${unseenWrites} times to pages whose writes the shadow page tables have to see`;
  }

  statistics(): Readonly<Record<string, number>> {
    return {
      ...this.#accesses.statistics(), 'accesses forwarded to assigned devices': this.#forwarded, 'interrupts forwarded': this.#interrupts.forwarded,
      'interrupts posted': this.#interrupts.posted,
      ...this.#domain.statistics(),
    };
  }

  /** An access that left the guest: carried out on the device as the host reaches it, emulated, or nobody's. */
  #reach<T>(place: number, cost: 'port_io' | 'mmio', {assigned, other, nobody}: {assigned: (at: number) => T; other: () => T; nobody: T}): T {
    if (place === NOT_ASSIGNED) return other();
    if (place === NOBODY) return nobody;
    this.#forwarded++;
    this.#vmm.charge(cost);
    return assigned(place);
  }

  /** Whether all bytes of an access lead to the same side, one behind the other. */
  #isWhole(port: number, width: Width): boolean {
    const first = this.#resources.port(port);
    return bytesOf(width).every(byte => this.#resources.port(port + byte) === (first < 0 ? first : first + byte));
  }
}

const bytesOf = (width: Width): number[] => Array.from({length: width}, (_, byte) => byte);

export default defineIoStrategy({
  apiVersion: 1,
  kind: 'io',
  name: 'passthrough',
  title: 'assigned devices behind an IOMMU (passthrough)',
  needs: {guest: 'unmodified', features: ['iommu'], cpu: ['hardware-assisted'], memory: ['nested', 'shadow']},
  options: options({devices: oneOf(['all', 'disk', 'network']), interrupts: oneOf(['host', 'trapped'])}),
  create: (vmm, {devices, interrupts}) => new Passthrough(vmm, {devices, interrupts}),
});
