// Interrupts of assigned devices. The processor belongs to the host, so a line that rises, or a message, is an interrupt of the host's: the guest
// leaves, the host's handler finds whose device it is, and tells the guest's own interrupt controllers. A line that falls is read when the
// guest's controller is asked next, which is as good as at once: between exits nobody looks. Where the host can post interrupts, the remapping
// entry of a function posts its messages to the guest's virtual local APIC, and nobody leaves; a VCPU that sleeps has to be woken all the same.
// Linux, drivers/vfio/pci/vfio_pci_intrs.c; virt/kvm/eventfd.c; arch/x86/kvm/vmx/posted_intr.c.
import {decodeMessage, isMessage} from 'worldswitch';
import type {Alarm, AssignableFunction, InterruptMessage, Line, PciFunction, Vmm} from 'worldswitch';
import type {DmaDomain} from './domain.ts';
import {aimAtEntry, guestMessage, messageCapability} from './messages.ts';

/** The host's vectors for the functions' messages, one after the other. */
const FIRST_VECTOR = 0x40;

interface Parts {
  readonly domain: DmaDomain;
  /** Each function given away, with what the guest sees of it. */
  readonly functions: ReadonlyMap<AssignableFunction, PciFunction>;
  /** Whether interrupts may be posted where the host can. */
  readonly mayPost: boolean;
}

export class Interrupts {
  readonly #vmm: Vmm;
  readonly #parts: Parts;
  /** Functions that send messages, by the index of their entry. */
  readonly #senders: readonly AssignableFunction[];
  /** What the host has not taken notice of yet: a line that rose, or a function whose message came. */
  readonly #raised = new Map<Line | AssignableFunction, Alarm>();
  forwarded = 0;
  posted = 0;

  constructor(vmm: Vmm, parts: Parts) {
    this.#vmm = vmm;
    this.#parts = parts;
    const functions = [...parts.functions];
    for (const [assigned] of functions) assigned.onInterrupt = (drive, level) => (level ? this.#raise(drive, () => drive(true)) : this.#fall(drive));
    this.#senders = functions.map(([assigned]) => assigned).filter(({pci}) => messageCapability(pci) !== 0);
    this.#senders.forEach((assigned, index) => {
      this.#setEntry(index);
      aimAtEntry(assigned, index);
      parts.functions.get(assigned)!.onWrite = () => this.#setEntry(index);
    });
    const requesters = new Set(functions.map(([{requester}]) => requester));
    vmm.platform.devices.interrupts.remap = (requester, address) => requesters.has(requester) && this.#message(requester, address);
  }

  /** The entry follows the message that the guest wrote, where that can be posted. */
  #setEntry(index: number): void {
    const message = this.#guestMessage(this.#senders[index]);
    const posted = this.#parts.mayPost && message !== null && message.mode <= 1 && !message.level;
    this.#parts.domain.takeMessages(this.#senders[index], index, {vector: posted ? message.vector : FIRST_VECTOR + index, posted});
  }

  /** A function wrote a message; always dealt with here, for a refused one is nobody else's. */
  #message(requester: number, address: number): boolean {
    const interrupt = this.#parts.domain.unit.interrupts.remap(requester, address);
    if (interrupt === null) return true;
    const assigned = this.#senders[interrupt.index];
    if (!interrupt.posted || !this.#post(assigned)) this.#raise(assigned, () => this.#deliver(assigned));
    return true;
  }

  /** Notes the vector for the guest: taken at once where it runs, before its next entry otherwise. False where somebody must be woken. */
  #post(assigned: AssignableFunction): boolean {
    const {cpu, asleep, virtualApic, platform: {devices: {interrupts: {apic}}}} = this.#vmm;
    const message = this.#guestMessage(assigned);
    if (message === null || !virtualApic?.posted || asleep || !cpu.controls.virtualInterrupts || !apic.isPostable(message)) return false;
    this.posted++;
    virtualApic.posted.post(cpu, message.vector);
    return true;
  }

  #guestMessage(assigned: AssignableFunction): InterruptMessage | null {
    const written = guestMessage(this.#parts.functions.get(assigned)!);
    return written && isMessage(written.address) ? decodeMessage(written.address, written.data) : null;
  }

  /** The message as the guest wrote it, to its own controllers; elsewhere it is a write to memory like any other. */
  #deliver(assigned: AssignableFunction): void {
    const message = this.#guestMessage(assigned);
    const written = guestMessage(this.#parts.functions.get(assigned)!);
    if (message) this.#vmm.platform.devices.interrupts.send(message);
    else if (written && !isMessage(written.address)) {
      this.#parts.domain.bus.write(written.address, Uint8Array.of(written.data & 0xff, written.data >>> 8, 0, 0), assigned.requester);
    }
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
