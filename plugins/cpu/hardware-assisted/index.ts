// Hardware-assisted virtualization: the guest kernel runs in its own ring 0, in non-root operation, and leaves it only by
// control settings. Everything that does not exit runs at the processor's own speed: system calls, exceptions the guest
// handles itself, CLI and STI, loads of segment registers and descriptor tables.
// Intel SDM vol. 3C, chapters 24 to 27. What an exit means is not decided here but in its home.
import {defineCpuStrategy, enterNonRoot, handleExit, STOP_EXIT, STOP_TRIPLE_FAULT} from 'worldswitch';
import type {CpuStrategy, Ending, Vmm} from 'worldswitch';

class HardwareAssisted implements CpuStrategy {
  readonly #vmm: Vmm;

  constructor(vmm: Vmm) {
    this.#vmm = vmm;
  }

  run(): Ending {
    const {cpu, strategies} = this.#vmm;
    cpu.controls.externalInterrupt = true;
    cpu.controls.halt = true;
    strategies.memory.start();
    strategies.memory.configure(cpu.controls);
    for (;;) {
      const ending = this.#once();
      if (ending) return ending;
    }
  }

  /** One entry, and the exit that ends it. */
  #once(): Ending | null {
    const vmm = this.#vmm;
    const event = vmm.nextEvent();
    vmm.charge('vmcs_write');
    vmm.charge('vm_entry');
    vmm.world.enter('vm-entry');
    enterNonRoot(vmm.cpu, event);
    const {stop} = vmm.cpu;
    return stop === STOP_EXIT || stop === STOP_TRIPLE_FAULT ? handleExit(vmm) : vmm.endingWithoutExit();
  }
}

export default defineCpuStrategy({
  apiVersion: 1,
  kind: 'cpu',
  name: 'hardware-assisted',
  title: 'hardware-assisted virtualization (VT-x, AMD-V)',
  needs: {features: ['hardware-assistance']},
  create: vmm => new HardwareAssisted(vmm),
});
