// The model-specific registers there are; any other number raises #GP(0). Intel SDM vol. 4, chapter 2.
import type {Cpu} from './state.ts';

/** IA32_BIOS_SIGN_ID: which update of the microcode is loaded. There is none; kernels of this family's time write it before they look. */
const MSR_BIOS_SIGNATURE = 0x8b;
export const MSR_TSC = 0x10, MSR_APIC_BASE = 0x1b, MSR_SYSENTER_CS = 0x174, MSR_SYSENTER_ESP = 0x175, MSR_SYSENTER_EIP = 0x176;

/** A register of 32 bits that stands for one of 64 whose upper half is 0. */
interface ModelRegister {
  readonly read: (c: Cpu) => number;
  /** False for a value that raises #GP(0). */
  readonly write: (c: Cpu, low: number, high: number) => boolean;
}

const kept = (read: (c: Cpu) => number, set: (c: Cpu, value: number) => void): ModelRegister => ({
  read, write: (c, low) => {
    set(c, low);
    return true;
  },
});

const REGISTERS: Readonly<Record<number, ModelRegister>> = {
  [MSR_APIC_BASE]: {
    read: c => c.interrupts.apicBase?.read() ?? 0,
    write: (c, low, high) => c.interrupts.apicBase?.write(low >>> 0, high >>> 0) ?? false,
  },
  [MSR_BIOS_SIGNATURE]: kept(() => 0, () => {}),
  [MSR_SYSENTER_CS]: kept(c => c.sysenterCs, (c, value) => { c.sysenterCs = value; }),
  [MSR_SYSENTER_ESP]: kept(c => c.sysenterEsp, (c, value) => { c.sysenterEsp = value; }),
  [MSR_SYSENTER_EIP]: kept(c => c.sysenterEip, (c, value) => { c.sysenterEip = value; }),
};

/** Numbers of all there are, the time-stamp counter among them. */
export const MODEL_REGISTERS: readonly number[] = [MSR_TSC, ...Object.keys(REGISTERS).map(Number)];

/** The register of a number but the time-stamp counter's, or null. */
export const modelRegister = (number: number): ModelRegister | null => REGISTERS[number >>> 0] ?? null;
