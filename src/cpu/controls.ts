// What makes a processor in non-root operation leave it, and what an entry needs besides: the control fields and the host
// state of a VMCS. Intel SDM vol. 3C, 24.5 Host-State Area, 24.6 VM-Execution Control Fields and 24.8 VM-Entry Control Fields.
import {newPage, type RegisterPage} from '../x86/apic/register-page.ts';
import type {PostedInterrupts} from './virtual-apic/posted.ts';
import {CR0_ET, CR0_NE, CR0_PE, CR0_PG, CR0_WP} from '../x86/control.ts';

/** No end of interrupt leaves the guest. */
const NO_VECTORS = newPage();

/** Most CR3-target values: what the first processors report, and every later one. Intel SDM vol. 3D, A.6 Miscellaneous Data. */
export const MOST_CR3_TARGETS = 4;

/** What the processor loads when it leaves: only checked here, for the VMM's own code is not executed by the model. */
export class HostState {
  cr0 = CR0_PE | CR0_ET | CR0_NE | CR0_WP | CR0_PG;
  cr4 = 0;
  cs = 0x08;
  ss = 0x10;
  ds = 0x10;
  es = 0x10;
  fs = 0;
  gs = 0;
  tr = 0x18;
}

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
  wbinvd = false;
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
  /** Off: every access to a port exits. On: bit n of bitmap A tells of port n, of bitmap B of port 0x8000 + n. Host-physical. */
  useIoBitmaps = false;
  ioBitmapA = 0;
  ioBitmapB = 0;
  /** Off: every RDMSR and WRMSR exits. On: one page of four bitmaps. Host-physical. */
  useMsrBitmaps = false;
  msrBitmap = 0;
  /** Second-level translation, and whether it lets the guest run without paging and in real mode. */
  nestedPaging = false;
  /** Host-physical address of the top nested table. */
  nestedRoot = 0;
  unrestrictedGuest = false;
  /** Whether TLB entries are tagged, and the guest's tag, which must not be the VMM's own, 0. */
  enableVpid = false;
  vpid = 0;
  /**
   * Not hardware assistance but ring compression: the guest's kernel runs outside ring 0 and the VMM owns the IDT, so every
   * exception and every INT n leaves the guest, and nothing else does.
   */
  ringCompression = false;
  /** Under ring compression, the one vector of INT n that goes through the processor's own table; -1 when there is none. */
  directVector = -1;
  /**
   * With `virtualizable`: ring of the deprivileged kernel, -1 = none. There a load of DS, ES, FS or GS raises #GP(0) when its
   * selector asks for a ring between 0 and this one: the processor would allow what ring 0 would be refused.
   */
  guardedRing = -1;
  /** Virtual local APIC (29.1): the page of its registers, in host memory; null without one. */
  virtualApic: RegisterPage | null = null;
  /** Host-physical page of which accesses are virtualized or leave the guest; -1 = none. */
  apicAccessPage = -1;
  /** Accesses to the task priority go to the virtual-APIC page; one that falls below this class leaves the guest. */
  tprShadow = false;
  tprThreshold = 0;
  /** Accesses to most registers go to the virtual-APIC page; virtual interrupts are evaluated and delivered by the processor. */
  apicRegisters = false;
  virtualInterrupts = false;
  /** EOI-exit bitmap, laid out as a set of vectors. */
  eoiExits: RegisterPage = NO_VECTORS;
  /** Posted-interrupt descriptor; null = none are processed. */
  posted: PostedInterrupts | null = null;
  /** Added to what RDTSC returns. */
  tscOffset = 0;
  /** Bytes of the instruction behind an injected software interrupt or exception: its handler returns so far on. */
  entryInstructionLength = 0;
  readonly host = new HostState();
}
