// The VMM's loop: delivers what is pending and lets the guest run, in ring 3 by itself or in ring 1 from the translation cache. What
// brings it back is the business of callouts.ts and traps.ts.
import {
  BP, copyState, deliverVirtually, EFLAGS_IF, EFLAGS_IOPL, EFLAGS_TF, enterNonRoot, EXIT_REASONS, generalProtection, MODE_CODE16, MODE_STACK16, ShadowDescriptors, STOP_EXIT,
  VirtualState,
} from 'worldswitch';
import type {Cpu, CpuStrategy, Ending, GuestEvent, Instruction, Vmm} from 'worldswitch';
import {Adaptation} from './adaptation.ts';
import {RESIDENT} from './charges.ts';
import {Callouts} from './callouts.ts';
import {Emulation} from './emulation.ts';
import {GuestCode} from './guest-code.ts';
import type {Point} from './point.ts';
import {MonitorMemory} from './region.ts';
import {Residence} from './residence.ts';
import {fillTables} from './tables.ts';
import {TranslationCache} from './translation-cache.ts';
import type {Translation} from './translation.ts';
import {Traps} from './traps.ts';

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
  readonly #emulation: Emulation;
  readonly #callouts: Callouts;
  readonly #traps: Traps;
  /** Where the guest left the cache, while what follows may lie in the same translation. */
  #left: Point | null = null;
  /** The VMM was called by the cache and not by the hardware. */
  #called = false;
  readonly #counts = {shown: 0, inCache: 0};

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
    const parts = {vmm, state: this.#state, descriptors: this.#descriptors, code: this.#code, adaptation: this.#adaptation};
    this.#emulation = new Emulation(parts);
    this.#callouts = new Callouts(parts, this.#emulation);
    this.#traps = new Traps(parts, this.#emulation);
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
    const {shown, inCache} = this.#counts;
    const {made: callouts, misses} = this.#callouts;
    const {outOfCache, limitFaults} = this.#traps;
    const {made, loads, traces} = this.#descriptors;
    return {
      'blocks translated': counts.translations, 'instructions translated': counts.instructions, 'instructions executed in the cache': inCache,
      'kernel instructions emulated': this.#emulation.inKernel, 'exits chained': cache.counts.chains, 'hash hits': this.#hits(), 'hash misses': misses, callouts,
      'traps out of the cache': outOfCache, 'instructions adapted': this.#adaptation.adapted, 'adaptations reverted': this.#adaptation.reverted,
      'translations dropped': cache.counts.dropped, 'cache flushes': cache.counts.flushes, 'cache bytes': cache.counts.bytes,
      'descriptors shadowed': made, 'descriptor loads': loads, 'descriptor traces': traces, 'limit faults': limitFaults,
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
    vmm.platform.chargeBy(RESIDENT);
    vmm.world.resident = true;
    vmm.onPagingChanged = translations => {
      this.#descriptors.remap();
      if (translations) this.#code.pages.verify();
    };
    vmm.deliversInSoftware = true;
  }

  /** Programs run directly, so what shows them the VMM's state on this processor is beyond the VMM's reach. */
  outsideClaim(): string | null {
    const {shown} = this.#counts;
    const {virtualizable} = this.#vmm.platform.host.features;
    return shown === 0 || virtualizable ? null : `programs in ring 3 read the VMM's state ${shown} times, by SGDT or its like`;
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
      const blocked = vmm.interruptPending && !vmm.eventQueued && vmm.cpu.shadow && (this.#state.flags & EFLAGS_IF) !== 0;
      if (event === null && !blocked) return null;
      const ending = event === null ? this.#emulation.emulate() : this.#deliver(event);
      if (ending) return ending;
    }
  }

  #deliver(event: GuestEvent): Ending | null {
    const vmm = this.#vmm;
    vmm.charge('virtual_delivery');
    return deliverVirtually(vmm, event);
  }

  /** One turn: directly, from the cache, or one instruction by the VMM where neither would be exact. */
  #once(): Ending | null {
    const {cpu} = this.#vmm;
    const user = cpu.cpl === 3;
    if (this.#mustInterpret(user)) return this.#vmm.beforeInterpreting() ?? this.#stepOver();
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

  /**
   * Real mode; and a kernel that is translated as flat-pointer code only, so that 16-bit segments and instruction breakpoints, whose
   * addresses are not those of the cache, are the emulator's.
   */
  #mustInterpret(user: boolean): boolean {
    const {cpu, mustInterpret} = this.#vmm;
    return mustInterpret || (!user && (cpu.breaksAtFetch || cpu.debugTraps !== 0 || (cpu.mode & (MODE_CODE16 | MODE_STACK16)) !== 0));
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
    this.#called = this.#left !== null && this.#isCallout();
    const ending = (this.#called ? this.#callouts.handle(this.#left as Point) : this.#traps.handle(this.#left)) ?? vmm.ended();
    if (ending) vmm.world.finish();
    return ending;
  }

  /** INT of the cache's own, or INT3 where a translation has been dropped. */
  #isCallout(): boolean {
    const {exit} = this.#vmm.cpu;
    return exit.software || (exit.reason === EXIT_REASONS.EXCEPTION_NMI && exit.vector === BP);
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
    return this.#emulation.emulate() ?? this.#vmm.ended();
  }
}
