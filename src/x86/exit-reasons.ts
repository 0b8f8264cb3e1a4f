// Basic exit reasons by number and manual name. Intel SDM vol. 3D, appendix C VMX Basic Exit Reasons.
import {EXCEPTION_NAMES} from './exceptions.ts';

export const EXIT_REASONS = {
  EXCEPTION_NMI: 0, EXTERNAL_INTERRUPT: 1, TRIPLE_FAULT: 2, INTERRUPT_WINDOW: 7, NMI_WINDOW: 8, TASK_SWITCH: 9, CPUID: 10, HLT: 12, INVD: 13,
  INVLPG: 14, RDPMC: 15, RDTSC: 16, RSM: 17, VMCALL: 18, CR_ACCESS: 28, DR_ACCESS: 29, IO_INSTRUCTION: 30, RDMSR: 31, WRMSR: 32,
  INVALID_GUEST_STATE: 33, MWAIT: 36, MONITOR: 39, PAUSE: 40, TPR_BELOW_THRESHOLD: 43, APIC_ACCESS: 44, VIRTUALIZED_EOI: 45, GDTR_IDTR_ACCESS: 46, LDTR_TR_ACCESS: 47,
  EPT_VIOLATION: 48, EPT_MISCONFIG: 49, PREEMPTION_TIMER: 52, WBINVD: 54, APIC_WRITE: 56,
} as const;
export type ExitReason = keyof typeof EXIT_REASONS;

const names: string[] = [];
for (const [name, number] of Object.entries(EXIT_REASONS)) names[number] = name;

/** The manual's name of a basic exit reason number. */
export const exitReasonName = (number: number): ExitReason => names[number] as ExitReason;

/** What AMD's manual calls the same exit (APM vol. 2, appendix C); shown only, never stored. */
const AMD_SPELLING: Partial<Record<ExitReason, string>> = {
  EPT_VIOLATION: 'NPF', EPT_MISCONFIG: 'NPF', IO_INSTRUCTION: 'IOIO', EXTERNAL_INTERRUPT: 'INTR', INTERRUPT_WINDOW: 'VINTR', RDMSR: 'MSR', WRMSR: 'MSR',
  APIC_ACCESS: 'AVIC_NOACCEL', APIC_WRITE: 'AVIC_NOACCEL', VIRTUALIZED_EOI: 'AVIC_NOACCEL', TRIPLE_FAULT: 'SHUTDOWN', VMCALL: 'VMMCALL', INVALID_GUEST_STATE: 'INVALID',
};
const EXCEPTION_VECTOR = new Map(Object.entries(EXCEPTION_NAMES).map(([vector, name]) => [name, vector]));
/** A write of the interrupt command register. */
const COMMAND = 'write-0x300';
const ACCESS = /^(read|write)-(cr\d)$/, TABLE = /^([sl])(gdt|idt|ldt)$/;

/** AMD's exit codes tell registers and vectors apart where Intel's leave that to the qualification, here the detail of the exit. */
export function amdSpelling(reason: string, detail: string): string {
  const [, access, register] = ACCESS.exec(detail) ?? [];
  if (reason === 'CR_ACCESS') return register ? `${register.toUpperCase()}_${access.toUpperCase()}` : 'CR0_WRITE';
  if (reason === 'EXCEPTION_NMI') return `EXCP${EXCEPTION_VECTOR.get(detail.split('-')[0]) ?? ''}`;
  const [, direction, table] = TABLE.exec(detail) ?? [];
  if (reason === 'APIC_WRITE' && detail === COMMAND) return 'AVIC_INCOMPLETE_IPI';
  if (table) return `${table.toUpperCase()}R_${direction === 's' ? 'READ' : 'WRITE'}`;
  if (reason === 'LDTR_TR_ACCESS') return detail === 'str' ? 'TR_READ' : 'TR_WRITE';
  return AMD_SPELLING[reason as ExitReason] ?? reason;
}
