// Hardware-assisted virtualization: the guest kernel runs in its own ring 0, in non-root operation, and leaves it only by
// control settings. Everything that does not exit runs at the processor's own speed: system calls, exceptions the guest
// handles itself, CLI and STI, loads of segment registers and descriptor tables.
// Intel SDM vol. 3C, chapters 24 to 27. What an exit means is not decided here but in its home.
import {
  CR0_PE, deadlock, defineCpuStrategy, EFLAGS_IF, enterNonRoot, EXIT_REASONS, handleExit, hasValidSegments, interpretOne, LONGEST_SLEEP, namesIn, NOTHING_PENDING,
  oneOf, options, someOf, STOP_EXIT, STOP_HALT, STOP_TRIPLE_FAULT, VirtualApic, visibleCr0, wholeNumber,
} from 'worldswitch';
import type {ApicAssistance, CpuStrategy, Ending, OptionValue, Vmm} from 'worldswitch';
import {Controls, EXCEPTIONS, INSTRUCTIONS} from './controls.ts';

/** In the qualification of a CR_ACCESS exit: the register and the kind of access, both 0 bits of a MOV to CR3 but the 3. */
const REGISTER_AND_ACCESS = 0x3f, MOV_TO_CR3 = 3;

class HardwareAssisted implements CpuStrategy {
  readonly #vmm: Vmm;
  readonly #controls: Controls;
  /** When the guest went to sleep in HLT without leaving, or -1. */
  #asleepSince = -1;

  constructor(vmm: Vmm, chosen: Readonly<Record<string, OptionValue>>) {
    this.#vmm = vmm;
    this.#controls = new Controls(vmm, chosen);
    const assistance = assistanceOf(vmm, String(chosen['apic']));
    if (assistance) vmm.virtualApic = new VirtualApic(vmm, assistance);
  }

  run(): Ending {
    const {cpu, strategies} = this.#vmm;
    strategies.memory.start();
    strategies.memory.configure(cpu.controls);
    this.#controls.start();
    for (;;) {
      const ending = this.#once();
      if (ending) return ending;
    }
  }

  /** One entry, and the exit that ends it. */
  #once(): Ending | null {
    const vmm = this.#vmm;
    const {cpu} = vmm;
    if (this.#mustInterpret()) return this.#interpret();
    const event = vmm.nextEvent();
    this.#controls.apply();
    vmm.charge('vmcs_write');
    vmm.charge('vm_entry');
    vmm.world.enter('vm-entry');
    enterNonRoot(vmm.cpu, event);
    if (cpu.stop === STOP_HALT) return deadlock(cpu, (cpu.eflags & EFLAGS_IF) === 0 ? 'with interrupts disabled: nothing can wake the processor' : NOTHING_PENDING);
    if (cpu.stop !== STOP_EXIT && cpu.stop !== STOP_TRIPLE_FAULT) return vmm.endingWithoutExit();
    const loadsCr3 = cpu.exit.reason === EXIT_REASONS.CR_ACCESS && (cpu.exit.qualification & REGISTER_AND_ACCESS) === MOV_TO_CR3;
    const ending = handleExit(vmm) ?? this.#oversleeps();
    if (loadsCr3) this.#controls.learnCr3(vmm.registers().cr3);
    return ending;
  }

  /** Real mode without unrestricted guest, and segments on the way there and back that no entry takes, as in KVM's "big real mode". */
  #mustInterpret(): boolean {
    const {cpu, strategies} = this.#vmm;
    if (strategies.memory.runsPaging?.() === false) return true;
    return (!cpu.controls.unrestrictedGuest && (visibleCr0(cpu) & CR0_PE) === 0) || !hasValidSegments(cpu);
  }

  #interpret(): Ending | null {
    const ending = interpretOne(this.#vmm);
    if (ending) this.#vmm.world.finish();
    return ending;
  }

  /** A guest asleep in non-root operation leaves for every host interrupt; too long without one of its own, it is dead. */
  #oversleeps(): Ending | null {
    const {cpu, platform: {clock, recorder}, wakes} = this.#vmm;
    if (!cpu.halted || wakes) this.#asleepSince = -1;
    else if (this.#asleepSince < 0) {
      this.#asleepSince = clock.now();
      recorder.deviceWaits++;
    } else if (clock.now() - this.#asleepSince > LONGEST_SLEEP * clock.hertz) {
      this.#vmm.world.finish();
      return deadlock(cpu, NOTHING_PENDING);
    }
    return null;
  }
}

/** What of the local APIC the processor is to do: all it can, the task priority alone, or nothing. */
function assistanceOf({platform: {host}}: Vmm, apic: string): ApicAssistance | null {
  const {features} = host;
  const shadows = features['tpr-shadow'] && features['apic-access-page'];
  if (apic === 'tpr-shadow' && !shadows) {
    throw new Error(`apic=tpr-shadow needs the host features 'tpr-shadow' and 'apic-access-page', which ${host.name} does not have both; use apic=host or apic=emulated`);
  }
  if (apic === 'host' && features['virtual-apic']) return 'virtual-apic';
  return apic !== 'emulated' && shadows ? 'tpr-shadow' : null;
}

export default defineCpuStrategy({
  apiVersion: 1,
  kind: 'cpu',
  name: 'hardware-assisted',
  title: 'hardware-assisted virtualization (VT-x, AMD-V)',
  needs: {features: ['hardware-assistance']},
  options: options({
    exceptions: someOf(EXCEPTIONS), exits: someOf(INSTRUCTIONS), ports: oneOf(['exit', 'bitmap']), msrs: oneOf(['exit', 'bitmap']),
    halt: oneOf(['exit', 'wait']), apic: oneOf(['host', 'tpr-shadow', 'emulated']), 'cr3-targets': wholeNumber(0, 4, 0),
  }),
  refuses({exits, 'cr3-targets': targets}, {memory}) {
    if (targets === 0) return null;
    if (memory?.name === 'shadow') return 'has no use for cr3-targets with shadow: the CR3 a guest writes is never the one the processor needs';
    return namesIn(exits).includes('cr3') ? null : 'has no use for cr3-targets unless CR3 loads leave the guest; add exits=cr3';
  },
  create: (vmm, chosen) => new HardwareAssisted(vmm, chosen),
});
