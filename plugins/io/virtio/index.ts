// A split driver over virtqueues: the guest's front end fills rings in its own memory and rings a doorbell; the back end takes them from
// there, where the architecture keeps it, and interrupts when the driver asked for it. The rest of the PC is emulated.
// OASIS virtio 1.2; Russell, "virtio: towards a de-facto standard for virtual I/O devices", SIGOPS OSR 2008.
import {defineIoStrategy, DeviceAccesses} from 'worldswitch';
import type {IoStrategy, VirtioDevice, Vmm} from 'worldswitch';

type Width = 1 | 2 | 4;

class Virtio implements IoStrategy {
  readonly #vmm: Vmm;
  /** Everything but doorbells. */
  readonly #accesses: DeviceAccesses;

  constructor(vmm: Vmm) {
    this.#vmm = vmm;
    this.#accesses = new DeviceAccesses(vmm);
    for (const device of vmm.platform.devices.virtio) device.onKick = this.#kicked(device);
  }

  readPort(port: number, width: Width): number {
    return this.#accesses.readPort(port, width);
  }

  writePort(port: number, width: Width, value: number): void {
    const {ports, virtio} = this.#vmm.platform.devices;
    if (!virtio.some(device => device.doorbells.port === port)) return this.#accesses.writePort(port, width, value);
    this.#accesses.ports++;
    this.#ring(() => ports.write(port, width, value));
  }

  readMemory(address: number, width: Width): number {
    return this.#accesses.readMemory(address, width);
  }

  writeMemory(address: number, width: Width, value: number): void {
    const {memory, virtio} = this.#vmm.platform.devices;
    if (!virtio.some(device => device.ringsAt(address))) return this.#accesses.writeMemory(address, width, value);
    this.#accesses.memory++;
    this.#ring(() => memory.write(address, width, value));
  }

  statistics(): Readonly<Record<string, number>> {
    const {virtio} = this.#vmm.platform.devices;
    const sum = (of: (device: VirtioDevice) => number): number => virtio.reduce((total, device) => total + of(device), 0);
    return {...this.#accesses.statistics(), kicks: sum(device => device.kicks), 'virtio interrupts': sum(device => device.interrupts)};
  }

  /**
   * A doorbell needs no device model: the VMM knows its address, and for one in memory not even the instruction.
   * Linux, Documentation/virt/kvm/api.rst, KVM_IOEVENTFD.
   */
  #ring(write: () => void): void {
    this.#vmm.charge('back_end_notify');
    write();
  }

  /** What rings the doorbell, or makes room on the wire, is served by the back end. Each queue has one piece of work, so that kicks gather. */
  #kicked(device: VirtioDevice): (queue: number) => void {
    const serve = device.kind.queueSizes.map((_, queue) => () => device.serve(queue));
    return queue => {
      const {architecture} = this.#vmm.strategies;
      if (architecture.backEnd) architecture.backEnd('doorbell', serve[queue]);
      else architecture.deviceModel('doorbell', serve[queue]);
    };
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
