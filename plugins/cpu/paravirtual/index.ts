// Paravirtualization by Xen's public ABI: the guest's kernel, changed to know, runs in ring 1 and asks for what it may not do. What
// traps is bounced to its handlers; events come when its own mask in shared memory lets them. Barham et al., SOSP 2003.
import {
  BP, CS, cpuidLeaf, CR0_TS, DB, defineCpuStrategy, DS, EAX, EBX, ECX, EDX, EFLAGS_RF, enterNonRoot, ERROR_IDT, ES, EXCEPTION_NAMES, EXIT_REASONS, FLAT_RING1_CS,
  FLAT_RING1_DS, GP, HYPERCALL_VECTOR, HYPERCALLS, isFault, NM, NO_ERROR_CODE, OF, PF, SS, STOP_EXIT, takeHostInterrupt, UD,
} from 'worldswitch';
import type {CpuStrategy, Ending, Vmm} from 'worldswitch';
import {DomainClock} from './clock.ts';
import {DomainConsole} from './console.ts';
import {DescriptorTables} from './descriptor-tables.ts';
import {EventChannels} from './events.ts';
import {GrantTable} from './grants.ts';
import {GuestFrames} from './guest-frames.ts';
import {Hole} from './hole.ts';
import {hypercall, type Parts} from './hypercalls.ts';
import {PrivilegedInstructions} from './privileged.ts';
import {Scheduler} from './scheduler.ts';
import {TrapTable} from './trap-table.ts';

class Paravirtual implements CpuStrategy {
  readonly #vmm: Vmm;
  #parts!: Parts;
  readonly #hypercalls = new Map<string, number>();
  #bounces = 0;
  #upcalls = 0;

  constructor(vmm: Vmm) {
    this.#vmm = vmm;
  }

  run(): Ending {
    this.#begin();
    for (;;) {
      const ending = this.#once();
      if (ending) return ending;
    }
  }

  statistics(): Readonly<Record<string, number>> {
    const calls = [...this.#hypercalls].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => [`hypercall ${name}`, count] as const);
    return {...Object.fromEntries(calls), bounces: this.#bounces, 'event upcalls': this.#upcalls};
  }

  /** Xen's memory exists before the guest's tables are looked at, since every directory gets its entries. */
  #begin(): void {
    const vmm = this.#vmm;
    const {cpu, domain, strategies, platform} = vmm;
    if (domain === null) throw new Error('no domain was built');
    vmm.world.sharesAddressSpace = true;
    const hole = new Hole(domain);
    domain.paging = strategies.memory.directPaging!();
    strategies.memory.start();
    const tables = new DescriptorTables(domain, hole);
    const events = new EventChannels(domain);
    const clock = new DomainClock(domain, events);
    const frames = new GuestFrames(domain, tables, events);
    const scheduler = new Scheduler(domain, events, clock);
    this.#parts = {
      domain, hole, tables, events, clock, frames, scheduler, traps: new TrapTable(domain, hole), console: new DomainConsole(domain, events),
      grants: new GrantTable(domain), privileged: new PrivilegedInstructions(domain),
    };
    domain.pageFault = (linear, errorCode) => this.#bouncePageFault(linear, errorCode);
    hole.install();
    this.#loadSegments(hole);
    frames.kernelStack = {ss: FLAT_RING1_DS, esp: domain.start.stack};
    hole.setKernelStack(FLAT_RING1_DS, domain.start.stack);
    // Why: the PIT and the interrupt controllers are Xen's; it does not let them tick for nothing.
    platform.devices.ports.write(0x43, 1, 0x30);
    Object.assign(cpu.controls, {ringCompression: true, externalInterrupt: true, exceptionBitmap: -1});
  }

  #loadSegments(hole: Hole): void {
    const {cpu} = this.#vmm;
    cpu.setCpl(1);
    for (const [segment, selector] of [[CS, FLAT_RING1_CS], [SS, FLAT_RING1_DS], [DS, FLAT_RING1_DS], [ES, FLAT_RING1_DS]] as const) {
      const {low, high} = hole.descriptor(selector);
      cpu.setSegment(segment, selector, 0, (((low & 0xffff) | (high & 0xf_0000)) << 12) | 0xfff, high);
    }
  }

  /** Hands over what is pending, lets the guest run until it traps, and sees to the trap. */
  #once(): Ending | null {
    const vmm = this.#vmm;
    const lost = this.#prepare();
    if (lost) return lost;
    vmm.charge('iret');
    vmm.world.enter('iret');
    enterNonRoot(vmm.cpu, null);
    if (vmm.cpu.stop !== STOP_EXIT) return vmm.endingWithoutExit();
    this.#trap();
    const ending = this.#parts.scheduler.ending ?? vmm.ended() ?? this.#crashed();
    if (ending) vmm.world.finish();
    return ending;
  }

  #prepare(): Ending | null {
    const {events, frames, scheduler, tables, domain} = this.#parts;
    if (tables.changed) {
      tables.changed = false;
      frames.reload();
    }
    if (events.upcallPending && !events.upcallMasked && scheduler.upcall.eip !== 0) {
      this.#upcalls++;
      this.#vmm.charge('event_upcall');
      frames.enter(scheduler.upcall);
      const {cpu, platform} = this.#vmm;
      cpu.interruptsTaken++;
      platform.recorder.interruptTaken(0);
    }
    return domain.crashed === '' ? null : this.#crashed();
  }

  #crashed(): Ending | null {
    const {crashed} = this.#parts.domain;
    return crashed === '' ? null : {outcome: 'triple-fault', reason: `the domain crashed: ${crashed}`};
  }

  #trap(): void {
    const vmm = this.#vmm;
    const {exit} = vmm.cpu;
    if (exit.reason === EXIT_REASONS.EXTERNAL_INTERRUPT) {
      vmm.charge('interrupt_delivery');
      vmm.world.leave('interrupt', 'EXTERNAL_INTERRUPT', 'timer');
      takeHostInterrupt(vmm);
    } else if (exit.software && exit.vector === HYPERCALL_VECTOR && vmm.cpu.cpl === 1) this.#hypercall();
    else {
      vmm.charge('exception_delivery');
      vmm.charge('fault_dispatch');
      if (exit.software) this.#softwareInterrupt(exit.vector);
      else this.#exception(exit.vector, exit.errorCode);
    }
  }

  #hypercall(): void {
    const vmm = this.#vmm;
    const name = HYPERCALLS[vmm.cpu.r[EAX] >>> 0] ?? 'unknown';
    vmm.charge('interrupt_gate');
    vmm.charge('hypercall_dispatch');
    vmm.world.leave('hypercall', name, name.replaceAll('_', '-'));
    this.#hypercalls.set(name, (this.#hypercalls.get(name) ?? 0) + 1);
    vmm.passed(vmm.cpu.exit.instructionLength);
    this.#parts.domain.paging.settle();
    hypercall(this.#parts);
  }

  /** INT n met a gate that is not for its ring; the guest's own table says whether it may. */
  #softwareInterrupt(vector: number): void {
    const vmm = this.#vmm;
    vmm.world.leave('fault', vmm.cpu.cpl === 3 ? 'syscall' : 'EXCEPTION_NMI', `int-0x${vector.toString(16)}`);
    const {dpl, eip} = this.#parts.traps.get(vector);
    if (dpl < vmm.cpu.cpl || eip === 0) return this.#bounce(GP, vector * 8 + ERROR_IDT);
    vmm.passed(vmm.cpu.exit.instructionLength);
    this.#bounce(vector, NO_ERROR_CODE);
  }

  #exception(vector: number, errorCode: number): void {
    const vmm = this.#vmm;
    const {exit} = vmm.cpu;
    vmm.world.leave('fault', 'EXCEPTION_NMI', EXCEPTION_NAMES[vector] ?? `vector-${vector}`);
    if (vector === PF) return this.#pageFault();
    if (vector === GP && errorCode === 0 && this.#emulated()) return;
    if (vector === UD && this.#forcedCpuid()) return;
    if (vector === NM && (vmm.cpu.cr0 & CR0_TS) !== 0) this.#parts.privileged.taskSwitched(false);
    if ((vector === BP || vector === OF || vector === DB) && exit.instructionLength > 0) vmm.passed(exit.instructionLength);
    this.#bounce(vector, errorCode);
  }

  #pageFault(): void {
    const vmm = this.#vmm;
    const {exit} = vmm.cpu;
    const {hole, tables, domain} = this.#parts;
    const offset = hole.ldtOffset(exit.qualification);
    if (offset < 0) return vmm.strategies.memory.pageFault(exit);
    vmm.world.describe('pf-ldt');
    if (!tables.fillLdt(offset)) domain.pageFault((tables.ldtBase + offset) | 0, exit.errorCode);
  }

  #emulated(): boolean {
    const vmm = this.#vmm;
    const length = this.#parts.privileged.emulate();
    if (length === 0) return false;
    vmm.charge('trap_decode');
    vmm.charge('trap_emulate');
    vmm.retire(length);
    return true;
  }

  #forcedCpuid(): boolean {
    const length = this.#parts.privileged.forcedCpuid();
    if (length === 0) return false;
    const {r} = this.#vmm.cpu;
    const {eax, ebx, ecx, edx} = cpuidLeaf(r[EAX]);
    r[EAX] = eax;
    r[EBX] = ebx;
    r[ECX] = ecx;
    r[EDX] = edx;
    this.#vmm.charge('cpuid_emulation');
    this.#vmm.retire(length);
    return true;
  }

  #bouncePageFault(linear: number, errorCode: number): void {
    this.#parts.domain.faultAddress = linear;
    this.#bounce(PF, errorCode);
  }

  #bounce(vector: number, errorCode: number): void {
    this.#bounces++;
    this.#vmm.charge('exception_bounce');
    const handler = this.#parts.traps.get(vector);
    const flags = isFault(vector) ? EFLAGS_RF : 0;
    if (handler.eip === 0) return this.#parts.domain.crash(`no handler for ${EXCEPTION_NAMES[vector] ?? 'vector'} (${vector}) at eip 0x${(this.#vmm.cpu.eip >>> 0).toString(16)}`);
    this.#parts.frames.enter(handler, errorCode === NO_ERROR_CODE ? {flags} : {flags, errorCode});
  }
}

export default defineCpuStrategy({
  apiVersion: 1,
  kind: 'cpu',
  name: 'paravirtual',
  title: 'paravirtualization (Xen ABI)',
  needs: {memory: ['direct-paging'], guest: 'paravirtual'},
  create: vmm => new Paravirtual(vmm),
});
