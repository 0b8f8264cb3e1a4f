// The VMM's loop: lets the guest run, in ring 3 by itself or in ring 1 from the translation cache, and sees to what brings it back.
import {
  BP, copyState, DB, EFLAGS_IF, EFLAGS_IOPL, EFLAGS_TF, enterNonRoot, EVENT_EXTERNAL, EXCEPTION_NAMES, EXIT_REASONS, generalProtection, GP, haltGuest, MONITOR_BASE, nameOf, NP, OF, PF, RUNNING,
  ShadowDescriptors, SS_FAULT, STOP_EXIT, STOP_HALT, takeHostInterrupt, tripleFault, TS, VirtualState,
} from 'worldswitch';
import type {Cpu, CpuStrategy, Ending, GuestEvent, Instruction, Vmm} from 'worldswitch';
import {Adaptation} from './adaptation.ts';
import {RESIDENT} from './charges.ts';
import {follow} from './follow.ts';
import {GuestCode} from './guest-code.ts';
import type {Point} from './point.ts';
import {MonitorMemory} from './region.ts';
import {Residence} from './residence.ts';
import {fillTables} from './tables.ts';
import {TranslationCache} from './translation-cache.ts';
import type {Translation} from './translation.ts';

/** Exceptions whose instruction is tried again on the virtual state: the trap may be the compression's doing. */
const EMULATED: ReadonlySet<number> = new Set([GP, NP, SS_FAULT, TS, BP, OF]);

/** Unprivileged instructions that show a program the VMM's state (Robin and Irvine 2000). */
const SHOWN_TO_PROGRAMS: ReadonlySet<string> = new Set(['SGDT', 'SIDT', 'SLDT', 'STR', 'SMSW', 'LAR', 'LSL', 'VERR', 'VERW']);

export interface TranslationOptions {
  /** KiB of the translation cache. */
  readonly cache: number;
  /** Whether instructions that keep trapping become callouts. */
  readonly adaptive: boolean;
}

export class BinaryTranslation implements CpuStrategy {
  readonly #vmm: Vmm;
  readonly #state: VirtualState;
  readonly #descriptors: ShadowDescriptors;
  readonly #residence: Residence;
  readonly #code: GuestCode;
  readonly #adaptation: Adaptation;
  /** Where the guest left the cache, while what follows may lie in the same translation. */
  #left: Point | null = null;
  /** The VMM was called by the cache and not by the hardware. */
  #called = false;
  #tracedWrites = 0;
  readonly #counts = {callouts: 0, misses: 0, traps: 0, limitFaults: 0, shown: 0, inCache: 0, emulatedInKernel: 0};

  constructor(vmm: Vmm, {cache: kibibytes, adaptive}: TranslationOptions) {
    this.#vmm = vmm;
    this.#adaptation = new Adaptation(adaptive);
    const memory = new MonitorMemory(vmm, kibibytes * 1024);
    const cache = new TranslationCache(memory);
    fillTables(memory);
    this.#descriptors = new ShadowDescriptors(vmm, memory.monitor);
    this.#state = new VirtualState(memory.monitor, this.#descriptors);
    this.#residence = new Residence(vmm, {memory, state: this.#state, cache});
    this.#code = new GuestCode(vmm, {cache, state: this.#state, adaptation: this.#adaptation});
    this.#listen(cache);
  }

  run(): Ending {
    this.#deprivilege();
    for (;;) {
      const ending = this.#inject() ?? this.#once();
      if (ending) return ending;
    }
  }

  statistics(): Readonly<Record<string, number>> {
    const {cache, counts} = this.#code;
    const {callouts, misses, traps, limitFaults, shown, inCache, emulatedInKernel} = this.#counts;
    return {
      'blocks translated': counts.translations, 'instructions translated': counts.instructions, 'instructions executed in the cache': inCache,
      'kernel instructions emulated': emulatedInKernel, 'exits chained': cache.counts.chains, 'hash hits': this.#hits(), 'hash misses': misses, callouts,
      'traps out of the cache': traps, 'instructions adapted': this.#adaptation.adapted, 'adaptations reverted': this.#adaptation.reverted,
      'translations dropped': cache.counts.dropped, 'cache flushes': cache.counts.flushes, 'cache bytes': cache.counts.bytes,
      'descriptors shadowed': this.#descriptors.made, 'descriptor loads': this.#descriptors.loads, 'descriptor traces': this.#descriptors.traces, 'limit faults': limitFaults,
      'state shown to programs': shown,
    };
  }

  #hits(): number {
    const {cpu, platform} = this.#vmm;
    platform.blocks.settle(cpu.meter.counts);
    return this.#code.cache.hits(cpu.meter.counts);
  }

  /** What the rest of the VMM and the recorder have to be told. */
  #listen(cache: TranslationCache): void {
    const vmm = this.#vmm;
    const {blocks, recorder} = vmm.platform;
    const residence = this.#residence;
    blocks.carried = cache.carried;
    blocks.onSensitive = (c, instruction) => this.#sensitive(c, instruction);
    recorder.flagsOf = c => residence.flags(c);
    recorder.eipOf = c => residence.eip(c);
    vmm.guestFlags = () => residence.flags(vmm.cpu);
    vmm.chargeInjection = () => {};
    vmm.onInvalidate = linear => this.#code.pages.verify(linear >>> 22);
    const shadowed = vmm.onTracedWrite;
    vmm.onTracedWrite = (address, width) => {
      this.#tracedWrites++;
      shadowed(address, width);
    };
    vmm.platform.chargeBy(RESIDENT);
    vmm.world.resident = true;
  }

  /**
   * Before a sensitive instruction of a program in ring 3: those that show the VMM's state do so on any processor but a virtualizable
   * one, where they trap. Translated code never executes one that matters.
   */
  #sensitive(c: Cpu, {row}: Instruction): void {
    if (!c.nonRoot || c.cpl !== 3 || !SHOWN_TO_PROGRAMS.has(row.mnemonic)) return;
    if (this.#vmm.platform.host.features.virtualizable) generalProtection(c);
    this.#counts.shown++;
  }

  /** Moves the guest out of ring 0 before its first instruction. */
  #deprivilege(): void {
    const {cpu, emulator, strategies, world} = this.#vmm;
    this.#vmm.kernelRing = 1;
    world.guestRing = () => this.#state.ring(cpu);
    copyState(cpu, emulator.cpu);
    emulator.mapping = this.#state;
    this.#state.lower(emulator.cpu, cpu);
    strategies.memory.start();
    strategies.memory.configure(cpu.controls);
    Object.assign(cpu.controls, {ringCompression: true, externalInterrupt: true, exceptionBitmap: -1});
  }

  /** Runs what is due, before the guest's next instruction is as much as fetched, and delivers what is pending; null when the guest can go on. */
  #inject(): Ending | null {
    const vmm = this.#vmm;
    for (;;) {
      const late = vmm.cpu.ticksLeft <= 0 ? this.#due() : null;
      if (late) return late;
      const event = vmm.nextEvent();
      vmm.cpu.controls.interruptWindow = false;
      const blocked = vmm.interruptPending && vmm.cpu.shadow && (this.#state.flags & EFLAGS_IF) !== 0;
      if (event === null && !blocked) return null;
      const ending = event === null ? this.#emulate() : this.#deliver(event);
      if (ending) return ending;
    }
  }

  #deliver(event: GuestEvent): Ending | null {
    const vmm = this.#vmm;
    vmm.charge('virtual_delivery');
    const delivered = vmm.emulator.deliver(event);
    if (delivered === 'shut-down') return tripleFault(vmm.cpu);
    if (delivered === 'delivered' && event.type === EVENT_EXTERNAL) this.#interruptTaken(event.vector);
    return null;
  }

  #interruptTaken(vector: number): void {
    this.#vmm.cpu.interruptsTaken++;
    this.#vmm.platform.recorder.interruptTaken(vector);
  }

  /** One turn: directly, from the cache, or one instruction by the VMM where neither would be exact. */
  #once(): Ending | null {
    const {cpu} = this.#vmm;
    const user = cpu.cpl === 3;
    const hides = user ? (this.#state.flags & (EFLAGS_IF | EFLAGS_IOPL)) !== EFLAGS_IF : (cpu.eflags & EFLAGS_TF) !== 0;
    if (hides && cpu.instructionsLeft > 0) return this.#stepOver();
    if (user) return this.#enter(null);
    const found = this.#here();
    if (found === null) return this.#stepOver();
    if ('errorCode' in found) {
      this.#vmm.injectPageFault(found.linear, found.errorCode);
      return null;
    }
    return this.#enter(found);
  }

  /** Where the processor goes on in the cache. */
  #here(): ReturnType<GuestCode['find']> {
    const {eip} = this.#vmm.cpu;
    const left = this.#left;
    const within = left?.translation ?? null;
    if (left !== null && within !== null && left.callout !== 'miss' && within.space === this.#code.space() && within.valid && within.places.has(eip)) {
      if (left.callout === 'chain' && left.exit !== null) this.#code.chain(within, left.exit, within, eip);
      return within;
    }
    const found = this.#code.find(eip);
    if (found !== null && !('errorCode' in found)) this.#connect(found);
    return found;
  }

  /** The place the guest came from learns where it went. */
  #connect(to: Translation): void {
    const left = this.#left;
    if (left === null) return;
    if (left.callout === 'miss') this.#code.cache.hash.insert(to);
    else if (left.callout === 'chain' && left.exit !== null && left.translation !== null && left.eip === to.eip) this.#code.chain(left.translation, left.exit, to, to.eip);
    else if (left.translation !== null && !left.translation.valid && left.translation.eip === to.eip && left.translation.space === to.space) {
      this.#code.cache.forward(left.translation, to);
    }
  }

  #enter(translation: Translation | null): Ending | null {
    const vmm = this.#vmm;
    const {cpu} = vmm;
    const intoCache = translation !== null;
    if (this.#called && intoCache) vmm.charge('callout_exit');
    else {
      vmm.charge('trap_return');
      vmm.charge('iret');
    }
    vmm.world.enter(this.#called && intoCache ? 'callout-return' : 'trap-return');
    if (translation !== null) this.#residence.enter(translation.start + (translation.places.get(cpu.eip) as number));
    const retired = vmm.platform.recorder.retired();
    enterNonRoot(cpu, null);
    this.#left = this.#residence.inside ? this.#residence.leave() : null;
    if (intoCache) this.#counts.inCache += vmm.platform.recorder.retired() - retired;
    if (cpu.stop !== STOP_EXIT) return vmm.endingWithoutExit();
    const ending = this.#left !== null && this.#isCallout() ? this.#callout(this.#left) : this.#trap();
    if (ending ?? vmm.ended()) vmm.world.finish();
    return ending ?? vmm.ended();
  }

  /** INT of the cache's own, or INT3 where a translation has been dropped. */
  #isCallout(): boolean {
    const {exit} = this.#vmm.cpu;
    return exit.software || (exit.reason === EXIT_REASONS.EXCEPTION_NMI && exit.vector === BP);
  }

  #callout(left: Point): Ending | null {
    const vmm = this.#vmm;
    this.#called = true;
    this.#counts.callouts++;
    vmm.charge('callout_entry');
    if (left.callout !== 'emulate') {
      vmm.world.leave('call', 'translation', left.callout ?? 'retranslate');
      if (left.callout === 'miss') this.#counts.misses++;
      return null;
    }
    return this.#emulateCallout(left);
  }

  #emulateCallout({instruction, translation, eip}: Point): Ending | null {
    const vmm = this.#vmm;
    const linear = ((translation?.space.base ?? 0) + eip) | 0;
    const adapted = this.#adaptation.isAdapted(linear);
    const {reason, detail} = nameOf(instruction, vmm.cpu);
    vmm.world.leave('call', adapted || reason === 'EXCEPTION_NMI' ? 'callout' : reason, adapted ? 'adapted-write' : detail);
    if (detail === 'iret') vmm.charge('virtual_return');
    else if (detail === 'int') vmm.charge('virtual_delivery');
    const before = this.#tracedWrites;
    const ending = this.#emulate(instruction);
    if (adapted && translation !== null && this.#adaptation.called(linear, this.#tracedWrites !== before)) this.#code.drop(translation);
    return ending;
  }

  /** The hardware brought the guest here. */
  #trap(): Ending | null {
    const vmm = this.#vmm;
    const {exit} = vmm.cpu;
    this.#called = false;
    vmm.charge('trap_capture');
    if (this.#left !== null) {
      vmm.charge('fault_mapping');
      this.#counts.traps++;
    }
    if (exit.reason === EXIT_REASONS.EXTERNAL_INTERRUPT) {
      vmm.charge('interrupt_delivery');
      vmm.world.leave('interrupt', 'EXTERNAL_INTERRUPT', 'timer');
      takeHostInterrupt(vmm);
      return null;
    }
    if (exit.software) return this.#systemCall(exit.vector);
    vmm.charge('exception_delivery');
    const emulated = vmm.platform.recorder.emulated;
    const ending = this.#fault();
    if (this.#left !== null && vmm.platform.recorder.emulated !== emulated) this.#learn(this.#left);
    return ending;
  }

  #systemCall(vector: number): Ending | null {
    const vmm = this.#vmm;
    vmm.charge('interrupt_gate');
    vmm.charge('virtual_delivery');
    vmm.world.leave('call', 'syscall', `int-0x${vector.toString(16)}`);
    return this.#emulate();
  }

  #fault(): Ending | null {
    const vmm = this.#vmm;
    const {exit} = vmm.cpu;
    if (exit.vector === PF) {
      vmm.world.leave('fault', 'EXCEPTION_NMI', 'pf');
      if (exit.qualification >>> 0 >= MONITOR_BASE) return this.#emulateBeyond(vmm.emulator.instruction());
      vmm.strategies.memory.pageFault(exit);
      return null;
    }
    if (EMULATED.has(exit.vector) || this.#isInt1(exit.vector)) {
      return this.#emulateTrapped(exit.vector);
    }
    vmm.world.leave('fault', 'EXCEPTION_NMI', EXCEPTION_NAMES[exit.vector] ?? `vector-${exit.vector}`);
    vmm.injectException(exit.vector, exit.errorCode);
    return null;
  }

  #emulateTrapped(vector: number): Ending | null {
    const vmm = this.#vmm;
    const instruction = vmm.emulator.instruction();
    if ((vector === GP || vector === SS_FAULT) && instruction?.row.sensitivity === 'innocuous') {
      vmm.world.leave('fault', 'EXCEPTION_NMI', EXCEPTION_NAMES[vector]);
      return this.#emulateBeyond(instruction);
    }
    const {reason, detail} = nameOf(instruction, vmm.cpu);
    vmm.world.leave('fault', reason, detail);
    vmm.charge('trap_decode');
    const ending = this.#emulate(instruction);
    // Why: a load may have failed only because its page of the table had never been used.
    if (vector === GP || vector === NP) this.#descriptors.loaded(0);
    return ending;
  }

  /** An access beyond what the guest may reach directly: within its own limit it is carried out on its memory, else it faults. */
  #emulateBeyond(instruction: Instruction | null): Ending | null {
    const vmm = this.#vmm;
    const before = vmm.platform.recorder.emulated;
    vmm.charge('trap_decode');
    const ending = this.#emulate(instruction);
    if (vmm.platform.recorder.emulated === before) return ending;
    this.#counts.limitFaults++;
    vmm.world.describe('limit');
    return ending;
  }

  /** INT1 raises #DB as a trap and runs on the virtual state like INT3. A single-step trap comes between two instructions. */
  #isInt1(vector: number): boolean {
    return vector === DB && this.#vmm.cpu.exit.instructionLength > 0;
  }

  /** An instruction of the cache trapped and the VMM did its work. */
  #learn({translation, eip}: Point): void {
    if (translation === null || !this.#adaptation.trapped((translation.space.base + eip) | 0)) return;
    this.#code.drop(translation);
  }

  /** The host's interrupt came while the VMM ran. */
  #due(): Ending | null {
    const vmm = this.#vmm;
    const {cpu} = vmm;
    if (cpu.events.next() <= cpu.now()) vmm.strategies.architecture.hostInterrupt(() => vmm.runDueEvents(), vmm.platform.clock.nextSource());
    cpu.rearm();
    return vmm.ended();
  }

  /** One instruction without the guest running. */
  #stepOver(): Ending | null {
    return this.#emulate() ?? this.#vmm.ended();
  }

  #emulate(instruction: Instruction | null = this.#vmm.emulator.instruction()): Ending | null {
    const vmm = this.#vmm;
    const {cpu: virtual} = vmm.emulator;
    virtual.stop = RUNNING;
    if (vmm.cpu.cpl !== 3) this.#counts.emulatedInKernel++;
    const ended = vmm.emulate('callout_emulate');
    if (ended === 'refused') return {outcome: 'error', reason: vmm.cpu.refusal};
    if (ended === 'fault') return null;
    if (instruction) follow(instruction, {vmm, descriptors: this.#descriptors, pages: this.#code.pages});
    return virtual.stop === STOP_HALT ? haltGuest(vmm) : null;
  }
}
