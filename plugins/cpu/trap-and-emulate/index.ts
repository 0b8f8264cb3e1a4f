// Ring deprivileging: the guest's kernel runs in ring 1, its programs in ring 3, and the VMM owns ring 0 and the IDT. What is
// privileged raises #GP and takes the four classic steps: capture, decode, emulate, return. What is sensitive but not
// privileged runs silently on the VMM's state; that is why x86 before hardware assistance could not be virtualized this way
// (Popek and Goldberg 1974; Robin and Irvine, USENIX Security 2000). On a host with `virtualizable` those trap too.
import {
  BP, copyState, DB, defineCpuStrategy, EFLAGS_IF, enterNonRoot, EVENT_EXTERNAL, EXCEPTION_NAMES, EXIT_REASONS, generalProtection, GP, haltGuest, Monitor,
  nameOf, NP, OF, PF, RUNNING, ShadowDescriptors, SS_FAULT, STOP_EXIT, STOP_HALT, tripleFault, TS, VirtualState,
} from 'worldswitch';
import type {Cpu, CpuStrategy, Ending, Instruction, Vmm} from 'worldswitch';

/** Exceptions whose instruction is tried again on the virtual state: the trap may be the compression's doing. */
const EMULATED: ReadonlySet<number> = new Set([GP, NP, SS_FAULT, TS, BP, OF]);
/** Instructions that show the VMM's state to programs of ring 3 as well; a virtualizable processor makes them trap there. */
const TRAP_IN_RING_3: ReadonlySet<string> = new Set(['SGDT', 'SIDT', 'SLDT', 'STR', 'SMSW']);

class TrapAndEmulate implements CpuStrategy {
  readonly #vmm: Vmm;
  readonly #state: VirtualState;
  readonly #descriptors: ShadowDescriptors;
  readonly #virtualizable: boolean;
  /** Sensitive instructions executed in the guest's kernel without a trap, by mnemonic. */
  readonly #silent = new Map<string, number>();
  #traps = 0;

  constructor(vmm: Vmm) {
    this.#vmm = vmm;
    const monitor = new Monitor(vmm);
    this.#descriptors = new ShadowDescriptors(vmm, monitor);
    this.#state = new VirtualState(monitor, this.#descriptors);
    this.#virtualizable = vmm.platform.host.features.virtualizable;
  }

  run(): Ending {
    this.#deprivilege();
    for (;;) {
      const ending = this.#inject() ?? this.#once();
      if (ending) return ending;
    }
  }

  statistics(): Readonly<Record<string, number>> {
    const silent = [...this.#silent].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => [`silent ${name.toLowerCase()}`, count] as const);
    return {'instructions trapped': this.#traps, 'descriptors shadowed': this.#descriptors.made, ...Object.fromEntries(silent)};
  }

  /** Moves the guest out of ring 0 before its first instruction. */
  #deprivilege(): void {
    const vmm = this.#vmm;
    const {cpu, emulator, strategies, platform} = vmm;
    copyState(cpu, emulator.cpu);
    emulator.mapping = this.#state;
    vmm.guestFlags = () => this.#state.guestFlags(cpu);
    vmm.chargeInjection = () => vmm.charge('event_injection');
    platform.recorder.flagsOf = c => this.#state.guestFlags(c);
    platform.blocks.onSensitive = (c, mnemonic) => this.#sensitive(c, mnemonic);
    this.#state.lower(emulator.cpu, cpu);
    strategies.memory.start();
    strategies.memory.configure(cpu.controls);
    Object.assign(cpu.controls, {ringCompression: true, externalInterrupt: true, exceptionBitmap: -1});
  }

  /** Delivers what is pending through the guest's IDT; null when the guest can go on. */
  #inject(): Ending | null {
    const vmm = this.#vmm;
    for (;;) {
      const blocked = vmm.interruptPending && vmm.cpu.shadow && (this.#state.flags & EFLAGS_IF) !== 0;
      if (blocked) {
        const ending = this.#emulate();
        if (ending) return ending;
      }
      const event = vmm.nextEvent();
      vmm.cpu.controls.interruptWindow = false;
      if (event === null && !blocked) return null;
      if (event === null) continue;
      const delivered = vmm.emulator.deliver(event);
      if (delivered === 'shut-down') return tripleFault(vmm.cpu);
      if (delivered === 'delivered' && event.type === EVENT_EXTERNAL) this.#interruptTaken(event.vector);
    }
  }

  #interruptTaken(vector: number): void {
    this.#vmm.cpu.interruptsTaken++;
    this.#vmm.platform.recorder.interruptTaken(vector);
  }

  /** Lets the guest run until it traps, and sees to the trap. */
  #once(): Ending | null {
    const vmm = this.#vmm;
    vmm.charge('trap_return');
    vmm.charge('iret');
    vmm.world.enter('trap-return');
    enterNonRoot(vmm.cpu, null);
    if (vmm.cpu.stop !== STOP_EXIT) return vmm.endingWithoutExit();
    vmm.charge('exception_delivery');
    vmm.charge('trap_capture');
    const ending = this.#trap() ?? vmm.ended();
    if (ending) vmm.world.finish();
    return ending;
  }

  #trap(): Ending | null {
    const vmm = this.#vmm;
    const {exit} = vmm.cpu;
    const {world, strategies} = vmm;
    if (exit.reason === EXIT_REASONS.EXTERNAL_INTERRUPT) {
      world.leave('interrupt', 'EXTERNAL_INTERRUPT', 'timer');
      strategies.architecture.hostInterrupt(() => vmm.runDueEvents());
      return null;
    }
    if (exit.vector === PF) {
      world.leave('fault', 'EXCEPTION_NMI', 'pf');
      strategies.memory.pageFault(exit);
      return null;
    }
    if (exit.software) {
      world.leave('call', vmm.cpu.cpl === 3 ? 'syscall' : 'EXCEPTION_NMI', `int-0x${exit.vector.toString(16)}`);
      return this.#emulate();
    }
    if (EMULATED.has(exit.vector) || this.#isInt1(exit.vector)) return this.#emulateTrapped();
    world.leave('fault', 'EXCEPTION_NMI', EXCEPTION_NAMES[exit.vector] ?? `vector-${exit.vector}`);
    vmm.injectException(exit.vector, exit.errorCode);
    return null;
  }

  /** INT1 raises #DB as a trap: the handler returns behind it, so it runs on the virtual state like INT3. */
  #isInt1(vector: number): boolean {
    return vector === DB && this.#vmm.emulator.instruction()?.row.mnemonic === 'INT1';
  }

  /** Decode and emulate: the instruction runs on what the guest believes its processor to be. */
  #emulateTrapped(): Ending | null {
    const vmm = this.#vmm;
    const instruction = vmm.emulator.instruction();
    const {reason, detail} = nameOf(instruction, vmm.cpu);
    vmm.world.leave('fault', reason, detail);
    vmm.charge('trap_decode');
    this.#traps++;
    return this.#emulate(instruction);
  }

  #emulate(instruction: Instruction | null = this.#vmm.emulator.instruction()): Ending | null {
    const vmm = this.#vmm;
    const {cpu: virtual} = vmm.emulator;
    virtual.stop = RUNNING;
    const ended = vmm.emulate('trap_emulate');
    if (ended === 'refused') return {outcome: 'error', reason: vmm.cpu.refusal};
    if (ended === 'fault') return null;
    if (instruction) this.#follow(instruction, virtual);
    return virtual.stop === STOP_HALT ? haltGuest(vmm) : null;
  }

  /** What an instruction did to the virtual state that the strategies must know. */
  #follow({row, reg}: Instruction, virtual: Cpu): void {
    const {memory} = this.#vmm.strategies;
    const {mnemonic, operands} = row;
    if (mnemonic === 'LGDT') this.#descriptors.load(virtual.gdtBase, virtual.gdtLimit);
    else if (mnemonic === 'CLTS' || mnemonic === 'LMSW') memory.writeCr0(virtual.cr0);
    else if (operands[0] === 'Cd' && reg === 0) memory.writeCr0(virtual.cr0);
    else if (operands[0] === 'Cd' && reg === 3) memory.writeCr3(virtual.cr3);
    else if (operands[0] === 'Cd' && reg === 4) memory.writeCr4(virtual.cr4);
  }

  /**
   * Before a sensitive instruction: a virtualizable processor traps, any other lets it pass. Why: while the guest's IF and
   * IOPL are not the processor's, a program's PUSHF and POPF would show it, so the VMM keeps the control set for outer rings too.
   */
  #sensitive(c: Cpu, mnemonic: string): void {
    if (!c.nonRoot) return;
    if (this.#virtualizable && (c.cpl === 1 || TRAP_IN_RING_3.has(mnemonic) || this.#state.flags !== EFLAGS_IF)) generalProtection(c);
    if (c.cpl === 1) this.#silent.set(mnemonic, (this.#silent.get(mnemonic) ?? 0) + 1);
  }
}

const HOLE = 'POPF and IRET drop IF without a trap, and PUSHF, SMSW, SGDT and MOV from CS show the VMM\'s state (Robin and Irvine 2000)';

export default defineCpuStrategy({
  apiVersion: 1,
  kind: 'cpu',
  name: 'trap-and-emulate',
  title: 'ring deprivileging with trap-and-emulate',
  needs: {memory: ['shadow']},
  equivalence: features => (features['virtualizable'] === true ? null : HOLE),
  create: vmm => new TrapAndEmulate(vmm),
});
