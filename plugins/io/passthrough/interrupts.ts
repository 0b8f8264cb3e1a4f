// Interrupts of assigned devices. The processor belongs to the host, so a line that rises, or a message, is an interrupt of the host's: the guest
// leaves, the host's handler finds whose device it is, and tells the guest's own interrupt controllers. A line that falls is read when the
// guest's controller is asked next, which is as good as at once: between exits nobody looks.
// Linux, drivers/vfio/pci/vfio_pci_intrs.c; virt/kvm/eventfd.c.
import {decodeMessage, isMessage} from 'worldswitch';
import type {Alarm, AssignableFunction, Line, PciFunction, Vmm} from 'worldswitch';
import type {DmaDomain} from './domain.ts';
import {aimAtEntry, guestMessage, messageCapability} from './messages.ts';

/** The host's vectors for the functions' messages, one after the other. */
const FIRST_VECTOR = 0x40;

interface Parts {
  readonly domain: DmaDomain;
  /** Each function given away, with what the guest sees of it. */
  readonly functions: ReadonlyMap<AssignableFunction, PciFunction>;
}

export class Interrupts {
  readonly #vmm: Vmm;
  readonly #domain: DmaDomain;
  /** What the host has not taken notice of yet: a line that rose, or a function whose message came. */
  readonly #raised = new Map<Line | AssignableFunction, Alarm>();
  forwarded = 0;

  constructor(vmm: Vmm, {domain, functions}: Parts) {
    this.#vmm = vmm;
    this.#domain = domain;
    const withMessages = [...functions.keys()].filter(({pci}) => messageCapability(pci) !== 0);
    for (const assigned of functions.keys()) assigned.onInterrupt = (drive, level) => (level ? this.#raise(drive, () => drive(true)) : this.#fall(drive));
    withMessages.forEach((assigned, index) => {
      domain.takeMessages(assigned, index, FIRST_VECTOR + index);
      aimAtEntry(assigned, index);
    });
    const requesters = new Set([...functions.keys()].map(({requester}) => requester));
    vmm.platform.devices.interrupts.remap = (requester, address) => {
      if (!requesters.has(requester)) return false;
      const interrupt = domain.unit.interrupts.remap(requester, address);
      if (interrupt) this.#message(withMessages[interrupt.index], functions);
      return true;
    };
  }

  #message(assigned: AssignableFunction, functions: Parts['functions']): void {
    this.#raise(assigned, () => this.#deliver(assigned, functions.get(assigned)!));
  }

  /** The message as the guest wrote it, to its own controllers; elsewhere it is a write to memory like any other. */
  #deliver({requester}: AssignableFunction, guest: PciFunction): void {
    const message = guestMessage(guest);
    if (message === null) return;
    const {address, data} = message;
    if (!isMessage(address)) {
      this.#domain.bus.write(address, Uint8Array.of(data & 0xff, data >>> 8, 0, 0), requester);
      return;
    }
    const decoded = decodeMessage(address, data);
    if (decoded) this.#vmm.platform.devices.interrupts.send(decoded);
  }

  #raise(what: Line | AssignableFunction, tell: () => void): void {
    if (this.#raised.has(what)) return;
    const {clock} = this.#vmm.platform;
    this.#raised.set(what, clock.schedule(clock.now(), () => {
      this.#raised.delete(what);
      this.forwarded++;
      this.#vmm.charge('interrupt_forward');
      tell();
    }, 'assigned'));
  }

  #fall(drive: Line): void {
    this.#raised.get(drive)?.cancel();
    this.#raised.delete(drive);
    drive(false);
  }
}
