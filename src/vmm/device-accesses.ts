// Accesses to devices as a VMM carries them out: the architecture takes each to where the model of the chip lives, and the model is the
// very chip that bare metal has. What an I/O strategy does not treat in a way of its own goes here.
import type {CostName} from '../host/costs.ts';
import type {Chip} from '../devices/pc.ts';
import type {IoStrategy} from './strategy.ts';
import type {Vmm} from './vmm.ts';

type Width = 1 | 2 | 4;

export class DeviceAccesses implements IoStrategy {
  readonly #vmm: Vmm;
  /** Accesses so far; a strategy adds those that it treats itself. */
  ports = 0;
  memory = 0;

  constructor(vmm: Vmm) {
    this.#vmm = vmm;
  }

  readPort(port: number, width: Width): number {
    this.ports++;
    return this.#inModel(`in-0x${port.toString(16)}`, () => this.#devices.ports.read(port, width), this.#atPort(port));
  }

  writePort(port: number, width: Width, value: number): void {
    this.ports++;
    this.#inModel(`out-0x${port.toString(16)}`, () => this.#devices.ports.write(port, width, value), this.#atPort(port));
  }

  readMemory(address: number, width: Width): number {
    this.memory++;
    this.#vmm.charge('mmio_decode');
    return this.#inModel('mmio-read', () => this.#devices.memory.read(address, width), this.#atAddress(address));
  }

  writeMemory(address: number, width: Width, value: number): void {
    this.memory++;
    this.#vmm.charge('mmio_decode');
    this.#inModel('mmio-write', () => this.#devices.memory.write(address, width, value), this.#atAddress(address));
  }

  statistics(): Readonly<Record<string, number>> {
    return {'port accesses': this.ports, 'mmio accesses': this.memory};
  }

  get #devices(): Vmm['platform']['devices'] {
    return this.#vmm.platform.devices;
  }

  #atPort(port: number): Place {
    return {cost: 'port_emulation', chip: this.#devices.chipAt(port)};
  }

  #atAddress(address: number): Place {
    return {cost: 'mmio_emulation', chip: this.#devices.chipAtAddress(address)};
  }

  #inModel<T>(detail: string, work: () => T, {cost, chip}: Place): T {
    return this.#vmm.deviceModel(detail, () => {
      this.#vmm.charge(cost);
      return work();
    }, chip);
  }
}

/** What an access costs its model, and whose model it is. */
interface Place {
  readonly cost: CostName;
  readonly chip: Chip;
}
