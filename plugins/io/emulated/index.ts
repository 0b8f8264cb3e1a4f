// Emulated devices: the guest's own driver talks to device models. Every access leaves the guest, the architecture takes it
// to where the model lives, and the model is the very chip that bare metal has.
import {defineIoStrategy} from 'worldswitch';
import type {IoStrategy, Vmm} from 'worldswitch';

type Width = 1 | 2 | 4;

class Emulated implements IoStrategy {
  readonly #vmm: Vmm;
  #portAccesses = 0;
  #memoryAccesses = 0;

  constructor(vmm: Vmm) {
    this.#vmm = vmm;
  }

  readPort(port: number, width: Width): number {
    return this.#port(`in-0x${port.toString(16)}`, port, () => this.#vmm.platform.devices.ports.read(port, width));
  }

  writePort(port: number, width: Width, value: number): void {
    this.#port(`out-0x${port.toString(16)}`, port, () => this.#vmm.platform.devices.ports.write(port, width, value));
  }

  readMemory(address: number, width: Width): number {
    return this.#mmio('mmio-read', () => this.#vmm.platform.devices.memory.read(address, width));
  }

  writeMemory(address: number, width: Width, value: number): void {
    this.#mmio('mmio-write', () => this.#vmm.platform.devices.memory.write(address, width, value));
  }

  statistics(): Readonly<Record<string, number>> {
    return {'port accesses': this.#portAccesses, 'mmio accesses': this.#memoryAccesses};
  }

  #port<T>(detail: string, port: number, work: () => T): T {
    this.#portAccesses++;
    return this.#vmm.deviceModel(detail, () => {
      this.#vmm.charge('port_emulation');
      return work();
    }, this.#vmm.platform.devices.chipAt(port));
  }

  #mmio<T>(detail: string, work: () => T): T {
    this.#memoryAccesses++;
    this.#vmm.charge('mmio_decode');
    return this.#vmm.deviceModel(detail, () => {
      this.#vmm.charge('mmio_emulation');
      return work();
    });
  }
}

export default defineIoStrategy({
  apiVersion: 1,
  kind: 'io',
  name: 'emulated',
  title: 'emulated devices, native drivers in the guest',
  create: vmm => new Emulated(vmm),
});
