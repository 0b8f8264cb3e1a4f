// A split driver over virtqueues: the guest's front end fills rings in its own memory and rings a doorbell; the back end takes them from
// there, where the architecture keeps it, and interrupts when the driver asked for it. The rest of the PC is emulated.
// OASIS virtio 1.2; Russell, "virtio: towards a de-facto standard for virtual I/O devices", SIGOPS OSR 2008.
import {defineIoStrategy} from 'worldswitch';
import type {Chip, IoStrategy, VirtioDevice, Vmm} from 'worldswitch';

type Width = 1 | 2 | 4;

class Virtio implements IoStrategy {
  readonly #vmm: Vmm;
  #portAccesses = 0;
  #memoryAccesses = 0;
  constructor(vmm: Vmm) {
    this.#vmm = vmm;
    for (const device of vmm.platform.devices.virtio) device.onKick = queue => this.#kicked(device, queue);
  }

  readPort(port: number, width: Width): number {
    this.#portAccesses++;
    const {devices} = this.#vmm.platform;
    return this.#model(`in-0x${port.toString(16)}`, 'port_emulation', {work: () => devices.ports.read(port, width), chip: devices.chipAt(port)});
  }

  writePort(port: number, width: Width, value: number): void {
    this.#portAccesses++;
    const {devices} = this.#vmm.platform;
    const write = (): void => devices.ports.write(port, width, value);
    if (devices.virtio.some(device => device.doorbells.port === port)) return this.#ring(write);
    this.#model(`out-0x${port.toString(16)}`, 'port_emulation', {work: write, chip: devices.chipAt(port)});
  }

  readMemory(address: number, width: Width): number {
    this.#memoryAccesses++;
    this.#vmm.charge('mmio_decode');
    return this.#model('mmio-read', 'mmio_emulation', {work: () => this.#vmm.platform.devices.memory.read(address, width)});
  }

  writeMemory(address: number, width: Width, value: number): void {
    this.#memoryAccesses++;
    const {memory, virtio} = this.#vmm.platform.devices;
    const write = (): void => memory.write(address, width, value);
    if (virtio.some(device => device.ringsAt(address))) return this.#ring(write);
    this.#vmm.charge('mmio_decode');
    this.#model('mmio-write', 'mmio_emulation', {work: write});
  }

  statistics(): Readonly<Record<string, number>> {
    const {virtio} = this.#vmm.platform.devices;
    const sum = (of: (device: VirtioDevice) => number): number => virtio.reduce((total, device) => total + of(device), 0);
    return {'port accesses': this.#portAccesses, 'mmio accesses': this.#memoryAccesses, kicks: sum(device => device.kicks), 'virtio interrupts': sum(device => device.interrupts)};
  }

  /**
   * A doorbell needs no device model: the VMM knows its address, and for one in memory not even the instruction.
   * Linux, Documentation/virt/kvm/api.rst, KVM_IOEVENTFD.
   */
  #ring(write: () => void): void {
    this.#vmm.charge('back_end_notify');
    write();
  }

  /** What rings the doorbell, or makes room on the wire, is served by the back end. */
  #kicked(device: VirtioDevice, queue: number): void {
    const {architecture} = this.#vmm.strategies;
    const serve = (): void => device.serve(queue);
    if (architecture.backEnd) architecture.backEnd('doorbell', serve);
    else architecture.deviceModel('doorbell', serve);
  }

  #model<T>(detail: string, cost: 'port_emulation' | 'mmio_emulation', {work, chip}: {work: () => T; chip?: Chip}): T {
    return this.#vmm.deviceModel(detail, () => {
      this.#vmm.charge(cost);
      return work();
    }, chip);
  }
}

export default defineIoStrategy({
  apiVersion: 1,
  kind: 'io',
  name: 'virtio',
  title: 'split driver over virtqueues (virtio)',
  controllers: 'virtio',
  needs: {guest: 'unmodified'},
  create: vmm => new Virtio(vmm),
});
