// The buses as a chip sees them: ports in, interrupt lines out, and a clock. A device model is written once against
// this; on bare metal the machine's bus calls it, under I/O virtualization the VMM's device model calls the same code.

/** Access width in bytes. */
export type Width = 1 | 2 | 4;

/** A chip that answers on I/O ports. `value` and the result are unsigned, `width` bytes wide. */
export interface PortDevice {
  /** Ports answered: inclusive ranges. */
  readonly ports: ReadonlyArray<readonly [first: number, last: number]>;
  /** Whether a port only chooses the register that another port reaches: an access to it has no other effect. */
  readonly selects?: (port: number) => boolean;
  readPort(port: number, width: Width): number;
  writePort(port: number, width: Width, value: number): void;
}

/** A line a chip drives, true = asserted. */
export type Line = (level: boolean) => void;

/**
 * The guest clock in force, in ticks: modelled cycles of the host, or guest instructions. Deterministic; there is no
 * wall-clock anywhere in a device.
 */
export interface DeviceClock {
  /** Ticks since reset. */
  now(): number;
  /** Ticks in a second, a positive whole number. */
  readonly hertz: number;
  /** Calls `fire` at the first instruction boundary at or past `at`; ties fire in the order they were scheduled. */
  schedule(at: number, fire: () => void, source?: EventSource): Alarm;
}

/**
 * Whose event an alarm is: what interrupts the host when it is due. `slice` is the host's own: a VCPU has run long enough while
 * others wait. `assigned` is the interrupt of a device that a guest has been given, `host-tick` the timer of the host's own kernel.
 */
export type EventSource = 'timer' | 'disk' | 'network' | 'slice' | 'assigned' | 'host-tick';

/** A scheduled call. Cancelling twice, or after it fired, does nothing. */
export interface Alarm {
  cancel(): void;
}

/** Bytes the guest prints, in order (COM1 and port 0xE9). */
export type ConsoleSink = (byte: number) => void;

/** A chip that answers at physical addresses. Offsets count from its base; values unsigned, `width` bytes wide. */
export interface MemoryDevice {
  readMemory(offset: number, width: Width): number;
  writeMemory(offset: number, width: Width, value: number): void;
}

/**
 * What a bus master sees of memory: guest-physical, byte by byte. False when a part of the range has no memory; then nothing has moved.
 * `requester` is the PCI function that asks (device and function number), for whoever tells them apart.
 */
export interface BusMaster {
  read(address: number, into: Uint8Array, requester?: number): boolean;
  write(address: number, from: Uint8Array, requester?: number): boolean;
}
