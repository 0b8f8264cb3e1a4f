// The interrupt controllers of a PC together: the 8259A pair on the local APIC's LINT0, the I/O APIC beside it on the same lines, and
// messages of bus masters. Whoever uses none but the 8259A finds them as on a PC without APICs: firmware leaves a virtual wire.
// Intel MultiProcessor Specification 1.4, 3.6.2.2 Virtual Wire Mode.
import type {BusMaster, DeviceClock, Line} from './bus.ts';
import {IO_APIC_BASE, IO_APIC_SIZE, IoApic, PINS} from './io-apic/io-apic.ts';
import {ApicBaseRegister} from './local-apic/base-register.ts';
import {LocalApic} from './local-apic/local-apic.ts';
import {decodeMessage, isMessage, type InterruptMessage} from './local-apic/message.ts';
import {COMMAND_LOW, LVT_LINT0, LVT_LINT1, PAGE_BYTES, SPURIOUS_VECTOR} from '../x86/apic/registers.ts';
import type {MemoryBus} from './memory-bus.ts';
import {Pic8259Pair} from './pic8259/pair.ts';

const TIMER_IRQ = 0, CASCADE_IRQ = 2;
/** IRQ 0 is on the I/O APIC's pin 2, which the cascade leaves free. */
const pinOf = (irq: number): number => (irq === TIMER_IRQ ? CASCADE_IRQ : irq);

export interface ControllerParts {
  readonly clock: DeviceClock;
  /** The processor's interrupt request. */
  readonly output: Line;
  readonly nmi: () => void;
  readonly reset: () => void;
  readonly space: MemoryBus;
}

export class InterruptControllers {
  readonly pic: Pic8259Pair;
  readonly apic: LocalApic;
  readonly ioApic: IoApic;
  readonly apicBase: ApicBaseRegister;
  /** Hears of each message from a device or the I/O APIC before the local APIC does; true: it has been delivered another way, as by posting. */
  divert: (message: InterruptMessage, requester?: number) => boolean = () => false;

  /** Hears of each message of a PCI function as it is written, before it means anything; true: a remapping unit has seen to it. */
  remap: (requester: number, address: number) => boolean = () => false;

  constructor({clock, output, nmi, reset, space}: ControllerParts) {
    this.apic = new LocalApic({
      clock, output, external: () => this.pic.acknowledge(), nmi, init: reset, ended: vector => this.ioApic.ended(vector),
    });
    this.pic = new Pic8259Pair(level => this.apic.setPin(0, level));
    this.ioApic = new IoApic(message => this.send(message));
    space.map(IO_APIC_BASE, IO_APIC_SIZE, this.ioApic);
    const {apic} = this;
    this.apicBase = new ApicBaseRegister({
      place(base) {
        space.unmap(apic);
        if (base !== null) space.map(base, PAGE_BYTES, apic);
        apic.switch(base !== null);
      },
    });
  }

  /** The processor takes an interrupt. */
  acknowledge(): number {
    return this.apic.acknowledge();
  }

  /** A line that drives the given IRQ at both kinds of controller. */
  line(irq: number): Line {
    return level => this.setLine(irq, level);
  }

  setLine(irq: number, level: boolean): void {
    this.pic.setLine(irq, level);
    if (irq !== CASCADE_IRQ && irq < PINS) this.ioApic.setPin(pinOf(irq), level);
  }

  /** Hands a message to the local APIC; whether it was taken. `requester` is the PCI function that sent it, if one did and is known. */
  send(message: InterruptMessage, requester?: number): boolean {
    return this.divert(message, requester) || this.apic.accept(message);
  }

  /** Memory as bus masters see it: a doubleword written to the messages' addresses interrupts. */
  withMessages(memory: BusMaster): BusMaster {
    return {
      read: (address, into, requester) => memory.read(address, into, requester),
      write: (address, from, requester) => {
        if (!isMessage(address)) return memory.write(address, from, requester);
        if (requester === undefined || !this.remap(requester, address)) this.#message(address, from, requester);
        return true;
      },
    };
  }

  #message(address: number, bytes: Uint8Array, requester?: number): void {
    const data = bytes[0] | ((bytes[1] ?? 0) << 8) | ((bytes[2] ?? 0) << 16) | ((bytes[3] ?? 0) << 24);
    const message = decodeMessage(address, data);
    if (message) this.send(message, requester);
  }

  /**
   * What a BIOS leaves behind: the local APIC on, the 8259A passed through on LINT0, non-maskable interrupts on LINT1, and other
   * processors called, had there been any.
   */
  programAsFirmware(): void {
    const rows = [[SPURIOUS_VECTOR, 0x1ff], [LVT_LINT0, 0x8700], [LVT_LINT1, 0x8400], [COMMAND_LOW, 0xc_4500], [COMMAND_LOW, 0xc_4610]];
    for (const [register, value] of rows) this.apic.writeMemory(register, 4, value);
  }
}
