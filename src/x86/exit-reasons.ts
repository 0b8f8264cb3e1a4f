// Basic exit reasons by number and manual name. Intel SDM vol. 3D, appendix C VMX Basic Exit Reasons.

export const EXIT_REASONS = {
  EXCEPTION_NMI: 0, EXTERNAL_INTERRUPT: 1, TRIPLE_FAULT: 2, INTERRUPT_WINDOW: 7, TASK_SWITCH: 9, CPUID: 10, HLT: 12, INVD: 13,
  INVLPG: 14, RDPMC: 15, RDTSC: 16, RSM: 17, VMCALL: 18, CR_ACCESS: 28, DR_ACCESS: 29, IO_INSTRUCTION: 30, RDMSR: 31, WRMSR: 32,
  INVALID_GUEST_STATE: 33, MWAIT: 36, MONITOR: 39, PAUSE: 40, TPR_BELOW_THRESHOLD: 43, GDTR_IDTR_ACCESS: 46, LDTR_TR_ACCESS: 47,
  EPT_VIOLATION: 48, EPT_MISCONFIG: 49, PREEMPTION_TIMER: 52, WBINVD: 54,
} as const;
export type ExitReason = keyof typeof EXIT_REASONS;

const names: string[] = [];
for (const [name, number] of Object.entries(EXIT_REASONS)) names[number] = name;

/** The manual's name of a basic exit reason number. */
export const exitReasonName = (number: number): ExitReason => names[number] as ExitReason;

/** What AMD's manual calls the same exit (APM vol. 2, appendix C); shown only, never stored. */
export const AMD_SPELLING: Partial<Record<ExitReason, string>> = {
  EPT_VIOLATION: 'NPF', IO_INSTRUCTION: 'IOIO', CPUID: 'CPUID', HLT: 'HLT', INVLPG: 'INVLPG', EXTERNAL_INTERRUPT: 'INTR',
  INTERRUPT_WINDOW: 'VINTR', RDTSC: 'RDTSC', RDMSR: 'MSR', WRMSR: 'MSR', CR_ACCESS: 'CR', EXCEPTION_NMI: 'EXCP',
};
