// What makes a processor in non-root operation leave it: the VM-execution controls.
// Intel SDM vol. 3C, 24.6 VM-Execution Control Fields.

export class ExecutionControls {
  /** Bit n set: exception n exits. A page fault obeys the error-code mask and match besides. */
  exceptionBitmap = 0;
  /** Intel SDM vol. 3C, 24.6.3: a #PF exits when (code & mask) = match equals the bitmap's bit. */
  pageFaultMask = 0;
  pageFaultMatch = 0;
  /** Exit when a host interrupt arrives (a device event is due), instead of delivering it through the guest's IDT. */
  externalInterrupt = false;
  /** Exit at the first boundary where the guest could take an interrupt. */
  interruptWindow = false;
  halt = false;
  invlpg = false;
  rdtsc = false;
  rdpmc = false;
  pause = false;
  cr3Load = false;
  cr3Store = false;
  movDr = false;
  descriptorTables = false;
  /** Bits of CR0 and CR4 owned by the VMM: reads show the shadow, writes that would change a shadow bit exit. */
  cr0Mask = 0;
  cr0Shadow = 0;
  cr4Mask = 0;
  cr4Shadow = 0;
  /** CR3 values that may be loaded without an exit, at most four. Intel SDM vol. 3C, 24.6.7. */
  cr3Targets: readonly number[] = [];
  /** One bit a port, set = exit; null = every port exits. Intel SDM vol. 3C, 24.6.4. */
  ioBitmap: Uint8Array | null = null;
  /** MSRs that do not exit; null = every RDMSR and WRMSR exits. */
  passedMsrs: ReadonlySet<number> | null = null;
  /**
   * Not hardware assistance but ring compression: the guest's kernel runs outside ring 0 and the VMM owns the IDT, so every
   * exception and every INT n leaves the guest, and nothing else does.
   */
  ringCompression = false;
  /** Under ring compression, the one vector of INT n that goes through the processor's own table; -1 when there is none. */
  directVector = -1;
  /** Added to what RDTSC returns. */
  tscOffset = 0;

  /** Whether an access of `width` bytes at a port exits. */
  portExits(port: number, width: number): boolean {
    if (this.ioBitmap === null) return true;
    for (let at = port; at < port + width; at++) {
      if ((this.ioBitmap[(at & 0xffff) >>> 3] & (1 << (at & 7))) !== 0) return true;
    }
    return false;
  }
}
