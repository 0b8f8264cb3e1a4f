// Interrupts of assigned devices. The processor belongs to the host, so a line that rises is an interrupt of the host's: the guest leaves, the
// host's handler finds whose device it is, and drives the guest's own interrupt controller. A line that falls is read when the guest's
// controller is asked next, which is as good as at once: between exits nobody looks.
// Linux, drivers/vfio/pci/vfio_pci_intrs.c; virt/kvm/eventfd.c.
import type {Alarm, AssignableFunction, Line, Vmm} from 'worldswitch';

export class Interrupts {
  readonly #vmm: Vmm;
  /** Lines that rose and that the host has not taken notice of yet. */
  readonly #raised = new Map<Line, Alarm>();
  forwarded = 0;

  constructor(vmm: Vmm, functions: readonly AssignableFunction[]) {
    this.#vmm = vmm;
    for (const assigned of functions) assigned.onInterrupt = (drive, level) => (level ? this.#rise(drive) : this.#fall(drive));
  }

  #rise(drive: Line): void {
    if (this.#raised.has(drive)) return;
    const {clock} = this.#vmm.platform;
    this.#raised.set(drive, clock.schedule(clock.now(), () => this.#forward(drive), 'assigned'));
  }

  #forward(drive: Line): void {
    this.#raised.delete(drive);
    this.forwarded++;
    this.#vmm.charge('interrupt_forward');
    drive(true);
  }

  #fall(drive: Line): void {
    this.#raised.get(drive)?.cancel();
    this.#raised.delete(drive);
    drive(false);
  }
}
