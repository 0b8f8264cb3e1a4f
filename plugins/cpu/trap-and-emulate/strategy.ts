// The trap-and-emulate loop: the guest runs until it traps, and each trap takes the four classic steps, capture, decode,
// emulate, return, each charged and counted apart.
import {
  BP, copyState, deliverVirtually, DB, EFLAGS_IF, enterNonRoot, EVENT_PRIVILEGED_EXCEPTION, EXCEPTION_NAMES, EXIT_REASONS, generalProtection, GP, haltGuest, LDTR, Monitor,
  MONITOR_BASE, nameOf, NP, OF, PF, RUNNING, SensitiveAudit, ShadowDescriptors, SS, SS_FAULT, STOP_EXIT, STOP_HALT, takeHostInterrupt, TS, viewsOf,
  VirtualState,
} from 'worldswitch';
import type {Cpu, CpuStrategy, Ending, Instruction, RingModel, SensitiveUse, Vmm} from 'worldswitch';

/** Exceptions whose instruction is tried again on the virtual state: the trap may be the compression's doing. */
const EMULATED: ReadonlySet<number> = new Set([GP, NP, SS_FAULT, TS, BP, OF]);
/** Instructions that show the VMM's state to programs of ring 3 as well; a virtualizable processor makes them trap there. */
const TRAP_IN_RING_3: ReadonlySet<string> = new Set(['SGDT', 'SIDT', 'SLDT', 'STR', 'SMSW', 'LAR', 'LSL', 'VERR', 'VERW']);

/** INT n traps as it is, the VMM owning the IDT; loads of data segments trap by their selector, where it matters. */
const trapsElsewhere = ({row: {mnemonic, operands}, reg}: Instruction): boolean =>
  mnemonic === 'INT' || /^L[DEFG]S$/.test(mnemonic) || (mnemonic === 'POP' && operands[0] !== 'SS')
  || (mnemonic === 'MOV' && operands[0] === 'Sw' && reg !== SS);

export class TrapAndEmulate implements CpuStrategy {
  readonly #vmm: Vmm;
  readonly #state: VirtualState;
  readonly #descriptors: ShadowDescriptors;
  readonly #audit: SensitiveAudit;
  readonly #virtualizable: boolean;
  readonly #steps = {captured: 0, decoded: 0, emulated: 0, returned: 0};
  #limitFaults = 0;

  constructor(vmm: Vmm, model: RingModel) {
    this.#vmm = vmm;
    const monitor = new Monitor(vmm, viewsOf(model));
    this.#descriptors = new ShadowDescriptors(vmm, monitor, model);
    this.#state = new VirtualState(monitor, this.#descriptors, model);
    this.#audit = new SensitiveAudit(this.#state, this.#descriptors);
    this.#virtualizable = vmm.platform.host.features.virtualizable;
    vmm.kernelRing = model.kernelRing;
  }

  run(): Ending {
    this.#deprivilege();
    for (;;) {
      const ending = this.#inject() ?? this.#once();
      if (ending) return ending;
    }
  }

  statistics(): Readonly<Record<string, number>> {
    const {captured, decoded, emulated, returned} = this.#steps;
    const {made, loads, traces} = this.#descriptors;
    return {
      'traps captured': captured, 'traps decoded': decoded, 'traps emulated': emulated, 'traps returned from': returned,
      'descriptors shadowed': made, 'descriptor loads': loads, 'descriptor traces': traces, 'limit faults': this.#limitFaults,
    };
  }

  audit(): readonly SensitiveUse[] {
    return this.#audit.uses();
  }

  /** Moves the guest out of ring 0 before its first instruction. */
  #deprivilege(): void {
    const vmm = this.#vmm;
    const {cpu, emulator, strategies, platform, world} = vmm;
    copyState(cpu, emulator.cpu);
    emulator.mapping = this.#state;
    world.resident = true;
    vmm.onPagingChanged = () => this.#descriptors.remap();
    vmm.deliversInSoftware = true;
    world.guestRing = () => this.#state.ring(cpu);
    vmm.guestFlags = () => this.#state.guestFlags(cpu);
    vmm.chargeInjection = () => vmm.charge('event_injection');
    platform.recorder.flagsOf = c => this.#state.guestFlags(c);
    platform.blocks.onSensitive = (c, instruction) => this.#sensitive(c, instruction);
    this.#state.lower(emulator.cpu, cpu);
    strategies.memory.start();
    strategies.memory.configure(cpu.controls);
    Object.assign(cpu.controls, {ringCompression: true, externalInterrupt: true, exceptionBitmap: -1, guardedRing: this.#guardedRing(false)});
    if (vmm.kernelRing === 3) this.#state.onPrivilege = user => this.#privilege(user);
  }

  /** In the 0/3 model only the VMM tells the guest's kernel from its programs: other page tables, other controls. */
  #privilege(user: boolean): void {
    const {strategies, cpu} = this.#vmm;
    strategies.memory.privilege?.(user);
    cpu.controls.guardedRing = this.#guardedRing(user);
  }

  #guardedRing(user: boolean): number {
    return this.#virtualizable && !user ? this.#vmm.kernelRing : -1;
  }

  /** Delivers what is pending through the guest's IDT; null when the guest can go on. */
  #inject(): Ending | null {
    const vmm = this.#vmm;
    for (;;) {
      const blocked = vmm.interruptPending && !vmm.eventQueued && vmm.cpu.shadow && (this.#state.flags & EFLAGS_IF) !== 0;
      if (blocked) {
        const ending = this.#emulate();
        if (ending) return ending;
      }
      const event = vmm.nextEvent();
      vmm.cpu.controls.interruptWindow = false;
      if (event === null && !blocked) return null;
      if (event === null) continue;
      const ending = deliverVirtually(vmm, event);
      if (ending) return ending;
    }
  }

  /** Lets the guest run until it traps, and sees to the trap. */
  #once(): Ending | null {
    const vmm = this.#vmm;
    if (vmm.mustInterpret) return vmm.beforeInterpreting() ?? this.#emulate() ?? vmm.ended();
    vmm.charge('trap_return');
    vmm.charge('iret');
    this.#steps.returned++;
    vmm.world.enter('trap-return');
    enterNonRoot(vmm.cpu, null);
    if (vmm.cpu.stop !== STOP_EXIT) return vmm.endingWithoutExit();
    vmm.charge('exception_delivery');
    vmm.charge('trap_capture');
    this.#steps.captured++;
    const ending = this.#trap() ?? vmm.ended();
    if (ending) vmm.world.finish();
    return ending;
  }

  #trap(): Ending | null {
    const vmm = this.#vmm;
    const {exit} = vmm.cpu;
    if (exit.reason === EXIT_REASONS.EXTERNAL_INTERRUPT) {
      vmm.world.leave('interrupt', 'EXTERNAL_INTERRUPT', 'timer');
      takeHostInterrupt(vmm);
      return null;
    }
    this.#audit.interrupted(vmm.cpu.eip);
    // Why first: INT 14 is no page fault.
    if (exit.software) return this.#softwareInterrupt(exit.vector);
    if (exit.vector === PF) return this.#pageFault();
    if (EMULATED.has(exit.vector) || this.#isInt1(exit.vector)) return this.#emulateTrapped(exit.vector);
    vmm.world.leave('fault', 'EXCEPTION_NMI', EXCEPTION_NAMES[exit.vector] ?? `vector-${exit.vector}`);
    vmm.injectException(exit.vector, exit.errorCode);
    return null;
  }

  /** The memory strategy's, but for the VMM's own region: what lies there is the guest's to see in its own tables only. */
  #pageFault(): Ending | null {
    const {world, strategies, cpu} = this.#vmm;
    world.leave('fault', 'EXCEPTION_NMI', 'pf');
    if (cpu.exit.qualification >>> 0 >= MONITOR_BASE) return this.#emulateBeyond(null);
    strategies.memory.pageFault(cpu.exit);
    return null;
  }

  #softwareInterrupt(vector: number): Ending | null {
    const {world, emulator} = this.#vmm;
    const ring = world.guestRing();
    world.leave('call', ring === 3 ? 'syscall' : 'EXCEPTION_NMI', `int-0x${vector.toString(16)}`);
    const instruction = emulator.instruction();
    if (instruction && ring < 3) this.#audit.trapped(instruction);
    return this.#emulate(instruction);
  }

  /**
   * INT1 raises #DB as a trap: the handler returns behind it, so it runs on the virtual state like INT3. Why not by the
   * instruction at EIP: a single-step trap (DR6.BS) may stand in front of one.
   */
  #isInt1(vector: number): boolean {
    return vector === DB && this.#vmm.cpu.exit.type === EVENT_PRIVILEGED_EXCEPTION;
  }

  /** Decode and emulate: the instruction runs on what the guest believes its processor to be. */
  #emulateTrapped(vector: number): Ending | null {
    const vmm = this.#vmm;
    const instruction = vmm.emulator.instruction();
    const {sensitivity} = instruction?.row ?? {};
    if ((vector === GP || vector === SS_FAULT) && sensitivity === 'innocuous') {
      vmm.world.leave('fault', 'EXCEPTION_NMI', EXCEPTION_NAMES[vector]);
      return this.#emulateBeyond(instruction);
    }
    const {reason, detail} = nameOf(instruction, vmm.cpu);
    vmm.world.leave('fault', reason, detail);
    this.#decoded();
    if (instruction && sensitivity === 'sensitive' && vmm.world.guestRing() < 3) this.#audit.trapped(instruction);
    const ending = this.#emulate(instruction);
    // Why: a load may have failed only because its page of the table had never been used.
    if (vector === GP || vector === NP) this.#descriptors.loaded(0);
    return ending;
  }

  /** An access beyond what the guest may reach directly: within its own limit it is carried out on its memory, else it faults. */
  #emulateBeyond(instruction: Instruction | null): Ending | null {
    const vmm = this.#vmm;
    const before = vmm.platform.recorder.emulated;
    this.#decoded();
    const ending = this.#emulate(instruction ?? vmm.emulator.instruction());
    if (vmm.platform.recorder.emulated === before) return ending;
    this.#limitFaults++;
    vmm.world.describe('limit');
    return ending;
  }

  #decoded(): void {
    this.#vmm.charge('trap_decode');
    this.#steps.decoded++;
  }

  #emulate(instruction: Instruction | null = this.#vmm.emulator.instruction()): Ending | null {
    const vmm = this.#vmm;
    const {cpu: virtual} = vmm.emulator;
    virtual.stop = RUNNING;
    this.#steps.emulated++;
    const ended = vmm.emulate('trap_emulate');
    if (ended === 'refused') return {outcome: 'error', reason: vmm.cpu.refusal};
    if (ended === 'fault') return null;
    if (instruction) this.#follow(instruction, virtual);
    return virtual.stop === STOP_HALT ? haltGuest(vmm) : null;
  }

  /** What an instruction did to the virtual state that the strategies must know. */
  #follow({row: {mnemonic}}: Instruction, virtual: Cpu): void {
    if (mnemonic === 'LGDT') this.#descriptors.load(virtual.gdtBase, virtual.gdtLimit);
    else if (mnemonic === 'LLDT') this.#loadLocal(virtual);
    else if (mnemonic === 'INVLPG') this.#descriptors.remap();
  }

  #loadLocal(virtual: Cpu): void {
    const present = virtual.segAttributes[LDTR] !== 0;
    this.#descriptors.loadLocal(virtual.segBase[LDTR], present ? virtual.segLimit[LDTR] : -1);
  }

  /**
   * Before a sensitive instruction: a virtualizable processor traps, any other lets it pass. Why: while the guest's IF and
   * IOPL are not the processor's, a program's PUSHF and POPF would show it, so the VMM keeps the control set for outer rings too.
   */
  #sensitive(c: Cpu, instruction: Instruction): void {
    if (!c.nonRoot) return;
    const {mnemonic} = instruction.row;
    const kernel = this.#state.ring(c) < 3;
    const controlled = kernel || TRAP_IN_RING_3.has(mnemonic) || this.#state.flags !== EFLAGS_IF;
    if (this.#virtualizable && controlled && !trapsElsewhere(instruction)) generalProtection(c);
    if (kernel) this.#audit.begin(c, instruction);
  }
}

