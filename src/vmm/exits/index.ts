// Every exit a guest can take, by basic reason: one home each. Intel SDM vol. 3D, appendix C.
import {type ExitReason, exitReasonName} from '../../x86/exit-reasons.ts';
import type {Ending} from '../../machine/outcome.ts';
import type {Vmm} from '../vmm.ts';
import {cpuid} from './cpuid.ts';
import {crAccess} from './cr-access.ts';
import {emulated} from './emulated.ts';
import {entryFailure} from './entry-failure.ts';
import {eptViolation} from './ept-violation.ts';
import {exception} from './exception.ts';
import {externalInterrupt} from './external-interrupt.ts';
import {halt} from './halt.ts';
import type {ExitHome} from './home.ts';
import {window} from './window.ts';
import {invlpg} from './invlpg.ts';
import {ioInstruction} from './io-instruction.ts';
import {rdmsr, wrmsr} from './msr.ts';
import {skipped} from './skipped.ts';
import {rdtsc} from './rdtsc.ts';
import {taskSwitch} from './task-switch.ts';
import {tripleFault} from './triple-fault.ts';
import {vmcall} from './vmcall.ts';
import {apicAccess, apicWrite, tprBelowThreshold, virtualizedEoi} from './virtual-apic.ts';

const HOMES: Partial<Record<ExitReason, ExitHome>> = {
  EXCEPTION_NMI: exception, EXTERNAL_INTERRUPT: externalInterrupt, TRIPLE_FAULT: tripleFault, INTERRUPT_WINDOW: window, NMI_WINDOW: window,
  CPUID: cpuid, HLT: halt, INVD: skipped, INVLPG: invlpg, RDTSC: rdtsc, CR_ACCESS: crAccess, IO_INSTRUCTION: ioInstruction,
  RDMSR: rdmsr, WRMSR: wrmsr, VMCALL: vmcall, EPT_VIOLATION: eptViolation, WBINVD: skipped, PAUSE: skipped, RDPMC: emulated, DR_ACCESS: emulated,
  GDTR_IDTR_ACCESS: emulated, LDTR_TR_ACCESS: emulated, INVALID_GUEST_STATE: entryFailure, TASK_SWITCH: taskSwitch,
  APIC_ACCESS: apicAccess, APIC_WRITE: apicWrite, VIRTUALIZED_EOI: virtualizedEoi, TPR_BELOW_THRESHOLD: tprBelowThreshold,
};

/** Counts the exit and carries it out. */
export function handleExit(vmm: Vmm): Ending | null {
  const {exit} = vmm.cpu;
  const reason = exitReasonName(exit.reason);
  vmm.world.leave('exit', reason, reason.toLowerCase().replaceAll('_', '-'));
  chargeExit(vmm);
  vmm.visible?.settle();
  vmm.virtualApic?.afterExit();
  const home = HOMES[reason];
  if (!home) return {outcome: 'error', reason: `exit ${reason} has no home: the technique intercepts what the VMM does not handle`};
  const ending = home(vmm, exit) ?? vmm.ended();
  if (ending) vmm.world.finish();
  return ending;
}

/** The hardware's part, the dispatch, and the VMCS fields every handler reads: reason, guest RIP, qualification. */
function chargeExit(vmm: Vmm): void {
  vmm.charge('vm_exit');
  vmm.charge('exit_dispatch');
  vmm.charge('vmcs_read', 3);
}

