// Control registers, HLT, INVLPG, RDTSC, MSRs, CPUID. Intel SDM vol. 3A, 2.8 System
// Instruction Summary; vol. 3C, 25.1 Instructions That Cause VM Exits.
import {costNumber} from '../../host/costs.ts';
import {
  CR0_CD, CR0_DEFINED, CR0_EM, CR0_ET, CR0_MP, CR0_NW, CR0_PE, CR0_PG, CR0_TS, CR0_WP, CR4_DEFINED, CR4_PAE, CR4_PCE, CR4_PGE, CR4_PSE, CR4_TSD,
} from '../../x86/control.ts';
import {cpuidLeaf} from '../../x86/cpuid.ts';
import {NM, UD} from '../../x86/exceptions.ts';
import {EXIT_REASONS} from '../../x86/exit-reasons.ts';
import {EAX, EBX, ECX, EDX} from '../../x86/registers.ts';
import type {Instruction} from '../decode/instruction.ts';
import type {Execute} from '../decode/row.ts';
import {generalProtection, raise, undefinedOpcode} from '../fault.ts';
import {msrExits} from '../exit-bitmaps.ts';
import {modelRegister, MSR_TSC} from '../model-registers.ts';
import {vmExit} from '../nonroot.ts';
import {loadCr3, loadPointers, usesPointers} from '../page-pointers.ts';
import {STOP_HALT, type Cpu} from '../state.ts';
import {address, readRm} from './operand.ts';
import {storeSelector} from './segment.ts';

function privileged(c: Cpu): void {
  if (c.cpl !== 0) generalProtection(c);
}

/** Access types in the qualification of a CR_ACCESS exit. Intel SDM vol. 3C, table 27-3. */
export const CR_WRITE = 0, CR_READ = 1, CR_CLTS = 2, CR_LMSW = 3;
const qualify = (register: number, type: number, general: number, source = 0): number => register | (type << 4) | (general << 8) | (source << 16);

/** The value software sees: bits owned by a VMM come from the shadow; on bare metal there are none. */
export const visibleCr0 = (c: Cpu): number => (c.cr0 & ~c.controls.cr0Mask) | (c.controls.cr0Shadow & c.controls.cr0Mask);
export const visibleCr4 = (c: Cpu): number => (c.cr4 & ~c.controls.cr4Mask) | (c.controls.cr4Shadow & c.controls.cr4Mask);

export const movFromControl: Execute = ({reg, rm}) => {
  if (reg !== 0 && reg !== 2 && reg !== 3 && reg !== 4) return undefinedOpcode;
  return c => {
    privileged(c);
    if (reg === 3 && c.nonRoot && c.controls.cr3Store) vmExit(c, EXIT_REASONS.CR_ACCESS, qualify(3, CR_READ, rm));
    c.r[rm] = reg === 0 ? visibleCr0(c) : reg === 2 ? c.cr2 : reg === 3 ? c.cr3 : visibleCr4(c);
  };
};

export const movToControl: Execute = ({reg, rm}) => {
  if (reg === 0) return c => { privileged(c); writeCr0(c, c.r[rm], qualify(0, CR_WRITE, rm)); };
  if (reg === 2) return c => { privileged(c); c.cr2 = c.r[rm]; };
  if (reg === 3) return c => { privileged(c); writeCr3(c, c.r[rm], rm); };
  if (reg === 4) return c => { privileged(c); writeCr4(c, c.r[rm], qualify(4, CR_WRITE, rm)); };
  return undefinedOpcode;
};

/** Why the exit comes first: it has priority over every exception but those for privilege. Intel SDM vol. 3C, 25.1.1. */
function writeCr0(c: Cpu, value: number, qualification: number): void {
  const {cr0Mask, cr0Shadow} = c.controls;
  if (c.nonRoot && ((value ^ cr0Shadow) & cr0Mask) !== 0) vmExit(c, EXIT_REASONS.CR_ACCESS, qualification);
  if (!isValidCr0(value)) generalProtection(c);
  c.spend(costNumber.cr_access);
  loadCr0(c, c.nonRoot ? (value & ~cr0Mask) | (c.cr0 & cr0Mask) : value);
}

/** False for combinations that raise #GP(0). Intel SDM vol. 2, MOV to control registers. */
export const isValidCr0 = (value: number): boolean =>
  ((value & CR0_PG) === 0 || (value & CR0_PE) !== 0) && ((value & CR0_NW) === 0 || (value & CR0_CD) !== 0);

/** False where a bit is set that this processor does not implement, which raises #GP(0). */
export const isValidCr4 = (value: number): boolean => (value & ~CR4_DEFINED) === 0;

/** Changes that load the directory pointers of PAE paging again, and those that empty the TLB. Intel SDM vol. 3A, 4.4.1, 4.10.4.1. */
const POINTERS_BY_CR0 = CR0_CD | CR0_NW | CR0_PG, FLUSHING_CR4 = CR4_PSE | CR4_PAE | CR4_PGE;

/** Puts a checked value into CR0, with what follows for the TLB. */
export function loadCr0(c: Cpu, value: number): void {
  const next = (value & CR0_DEFINED) | CR0_ET;
  const changed = next ^ c.cr0;
  if (usesPointers(next, c.cr4) && (changed & POINTERS_BY_CR0) !== 0) loadPointers(c, c.cr3);
  c.cr0 = next;
  if ((changed & (CR0_PG | CR0_PE)) !== 0) c.mmu.flush(true);
  if ((changed & CR0_WP) !== 0) c.mmu.setWriteProtect((next & CR0_WP) !== 0);
}

function writeCr3(c: Cpu, value: number, general: number): void {
  if (c.nonRoot && c.controls.cr3Load && !c.controls.cr3Targets.includes(value)) vmExit(c, EXIT_REASONS.CR_ACCESS, qualify(3, CR_WRITE, general));
  c.spend(costNumber.cr3_write);
  loadCr3(c, value);
}

function writeCr4(c: Cpu, value: number, qualification: number): void {
  const {cr4Mask, cr4Shadow} = c.controls;
  if (c.nonRoot && ((value ^ cr4Shadow) & cr4Mask) !== 0) vmExit(c, EXIT_REASONS.CR_ACCESS, qualification);
  if (!isValidCr4(value)) generalProtection(c);
  c.spend(costNumber.cr_access);
  loadCr4(c, c.nonRoot ? (value & ~cr4Mask) | (c.cr4 & cr4Mask) : value);
}

export function loadCr4(c: Cpu, value: number): void {
  const changed = value ^ c.cr4;
  if (usesPointers(c.cr0, value) && (changed & FLUSHING_CR4) !== 0) loadPointers(c, c.cr3);
  c.cr4 = value;
  if ((changed & FLUSHING_CR4) !== 0) c.mmu.flush(true);
}

export const clts: Execute = () => c => {
  privileged(c);
  const {cr0Mask, cr0Shadow} = c.controls;
  if (c.nonRoot && (cr0Mask & CR0_TS) !== 0 && (cr0Shadow & CR0_TS) !== 0) vmExit(c, EXIT_REASONS.CR_ACCESS, qualify(0, CR_CLTS, 0));
  if (!c.nonRoot || (cr0Mask & CR0_TS) === 0) c.cr0 &= ~CR0_TS;
};

/** LMSW can set PE but not clear it. */
export const lmsw: Execute = i => {
  const read = readRm(i, 2);
  return c => {
    privileged(c);
    const source = read(c);
    const low = CR0_MP | CR0_EM | CR0_TS;
    const value = (visibleCr0(c) & ~low) | (source & (low | CR0_PE));
    writeCr0(c, value | (visibleCr0(c) & CR0_PE), qualify(0, CR_LMSW, 0, source));
  };
};

/** What SMSW shows: a deprivileged guest sees the real register (Robin and Irvine 2000). */
const machineStatus = (c: Cpu): number => (c.controls.ringCompression ? c.cr0 : visibleCr0(c));

/** SMSW to a 32-bit register stores all of CR0, as every processor does although the manual calls the upper half undefined. */
export const smsw: Execute = i => {
  if (i.memory !== null || i.operandSize === 2) return storeSelector(i, machineStatus);
  const {rm} = i;
  return c => { c.r[rm] = machineStatus(c); };
};

export const invlpg: Execute = i => {
  const linear = address({...i, mode: -1}, 1, false);
  const {memory} = i;
  return c => {
    privileged(c);
    const at = (linear(c) + (memory ? c.segBase[memory.segment] : 0)) | 0;
    if (c.nonRoot && c.controls.invlpg) vmExit(c, EXIT_REASONS.INVLPG, at);
    c.mmu.invalidate(at);
  };
};

export const hlt: Execute = () => c => {
  privileged(c);
  if (c.nonRoot && c.controls.halt) vmExit(c, EXIT_REASONS.HLT);
  c.stop = STOP_HALT;
  c.lookUp();
};

/** INVD always leaves, WBINVD where asked to; there is no cache to write back. */
const flushCaches = (reason: number): Execute => () => c => {
  privileged(c);
  if (c.nonRoot && !c.controls.ringCompression && (reason === EXIT_REASONS.INVD || c.controls.wbinvd)) vmExit(c, reason);
};
export const invd = flushCaches(EXIT_REASONS.INVD);
export const wbinvd = flushCaches(EXIT_REASONS.WBINVD);

/** The time-stamp counter: the guest clock since the last write of the counter. */
export const timeStamp = (c: Cpu): number => c.now() - c.tscBase + c.controls.tscOffset;

export function setPair(c: Cpu, value: number): void {
  c.r[EAX] = value % 2 ** 32 | 0;
  c.r[EDX] = Math.floor(value / 2 ** 32) | 0;
}

export const rdtsc: Execute = () => c => {
  if ((c.cr4 & CR4_TSD) !== 0 && c.cpl !== 0) generalProtection(c);
  if (c.nonRoot && c.controls.rdtsc) vmExit(c, EXIT_REASONS.RDTSC);
  c.tscReads++;
  setPair(c, timeStamp(c));
};

/** There are no performance counters: every index is out of range. */
export const rdpmc: Execute = () => c => {
  if (c.cpl !== 0 && (c.cr4 & CR4_PCE) === 0) generalProtection(c);
  if (c.nonRoot && c.controls.rdpmc) vmExit(c, EXIT_REASONS.RDPMC);
  generalProtection(c);
};

export const rdmsr: Execute = () => c => {
  privileged(c);
  if (c.nonRoot && msrExits(c, c.r[ECX], false)) vmExit(c, EXIT_REASONS.RDMSR);
  const register = modelRegister(c.r[ECX]);
  if (register !== null) return setPair(c, register.read(c) >>> 0);
  if (c.r[ECX] !== MSR_TSC) generalProtection(c);
  c.tscReads++;
  setPair(c, timeStamp(c));
};

export const wrmsr: Execute = () => c => {
  privileged(c);
  if (c.nonRoot && msrExits(c, c.r[ECX], true)) vmExit(c, EXIT_REASONS.WRMSR);
  const register = modelRegister(c.r[ECX]);
  if (register !== null) {
    if (!register.write(c, c.r[EAX], c.r[EDX])) generalProtection(c);
    return;
  }
  if (c.r[ECX] !== MSR_TSC) generalProtection(c);
  c.tscBase = c.now() - ((c.r[EDX] >>> 0) * 2 ** 32 + (c.r[EAX] >>> 0));
};

/** Whether CPUID names the local APIC: a deprivileged guest sees the host's, which is never off. */
export const showsApic = (c: Cpu): boolean => (c.nonRoot && c.controls.ringCompression) || (c.interrupts.apicBase?.enabled ?? false);

export const cpuid: Execute = () => c => {
  if (c.nonRoot && !c.controls.ringCompression) vmExit(c, EXIT_REASONS.CPUID);
  const leaf = cpuidLeaf(c.r[EAX], showsApic(c));
  c.r[EAX] = leaf.eax;
  c.r[EBX] = leaf.ebx;
  c.r[ECX] = leaf.ecx;
  c.r[EDX] = leaf.edx;
};

/** A call of the hypervisor from non-root operation; nowhere else, and with no prefix, does it mean something. Intel SDM vol. 3C, 25.1.2 and 30.3. */
export const vmcall: Execute = ({operandSize, repeat}) => (operandSize === 2 || repeat !== 0 ? undefinedOpcode : c => {
  if (c.nonRoot && !c.controls.ringCompression) vmExit(c, EXIT_REASONS.VMCALL);
  undefinedOpcode(c);
});

/**
 * No coprocessor: #NM while CR0.EM or CR0.TS asks for it, else #UD. Why not for those that look for one (FNINIT, FNSTSW, FNSTCW): without a chip to
 * answer they do nothing, which is how software finds out. Intel, AP-485, Intel Processor Identification, "Detecting an x87 FPU".
 */
export const escape: Execute = i => {
  const looks = looksForCoprocessor(i);
  return c => {
    if ((c.cr0 & (CR0_EM | CR0_TS)) !== 0) raise(c, NM);
    if (!looks) raise(c, UD);
  };
};

function looksForCoprocessor({opcode, reg, rm, memory}: Instruction): boolean {
  if (memory !== null) return (opcode === 0xd9 || opcode === 0xdd) && reg === 7;
  return (opcode === 0xdb && reg === 4 && rm === 3) || (opcode === 0xdf && reg === 4 && rm === 0);
}

/** WAIT raises #NM when both MP and TS are set. Intel SDM vol. 2, WAIT. */
export const wait: Execute = () => c => {
  const both = CR0_MP | CR0_TS;
  if ((c.cr0 & both) === both) raise(c, NM);
};

/** 90 is NOP, F3 90 is PAUSE. There is no other processor to wait for. */
export const nopOrPause: Execute = ({repeat}) => (repeat === 0xf3 ? pause : () => {});

function pause(c: Cpu): void {
  if (c.nonRoot && c.controls.pause) vmExit(c, EXIT_REASONS.PAUSE);
}

export const undefinedInstruction: Execute = () => undefinedOpcode;

/** The marker: a long NOP whose displacement tells which one it is. */
export const MARKER_BASE = 0x57530000;
export const marker: Execute = i => {
  const n = (i.memory?.displacement ?? 0) - MARKER_BASE;
  return c => c.observer.marker(n);
};
