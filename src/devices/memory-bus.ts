// The physical address space beside memory: which chip answers where. Unassigned addresses read as ones, writes to them vanish.
import type {MemoryDevice, Width} from './bus.ts';
import {floating} from './port-bus.ts';

interface Region {
  readonly base: number;
  readonly size: number;
  readonly device: MemoryDevice;
}

export class MemoryBus {
  #regions: readonly Region[] = [];

  /** Later mappings lie over earlier ones, as a guest may move base addresses onto each other on the way. */
  map(base: number, size: number, device: MemoryDevice): void {
    this.#regions = [{base, size, device}, ...this.#regions];
  }

  unmap(device: MemoryDevice): void {
    this.#regions = this.#regions.filter(region => region.device !== device);
  }

  /** The device that answers at an address, or null. */
  deviceAt(address: number): MemoryDevice | null {
    return this.#find(address >>> 0)?.device ?? null;
  }

  read(address: number, width: Width): number {
    const region = this.#find(address >>> 0);
    return region ? region.device.readMemory((address >>> 0) - region.base, width) : floating(width);
  }

  write(address: number, width: Width, value: number): void {
    const region = this.#find(address >>> 0);
    region?.device.writeMemory((address >>> 0) - region.base, width, value >>> 0);
  }

  #find(address: number): Region | undefined {
    return this.#regions.find(({base, size}) => address >= base && address < base + size);
  }
}
