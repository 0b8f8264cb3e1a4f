// CR_ACCESS: a control register is read or written against the guest/host mask, or CR3 is loaded. What paging makes of the
// new value is the memory strategy's business. Intel SDM vol. 3C, table 27-3 Exit Qualification for Control-Register Accesses.
import {CR_CLTS, CR_LMSW, CR_READ, CR_WRITE, isValidCr0, isValidCr4, visibleCr0} from '../../cpu/execute/system.ts';
import {usesPointers} from '../../cpu/page-pointers.ts';
import {gpa} from '../../memory/address.ts';
import type {PagingRegisters} from '../../memory/walk.ts';
import {PAE_HIGH_RESERVED, PDPTE_RESERVED, POINTER_TABLE, PTE_P} from '../../x86/paging.ts';
import {CR0_TS} from '../../x86/control.ts';
import {GP} from '../../x86/exceptions.ts';
import type {ExitHome} from './home.ts';
import type {Vmm} from '../vmm.ts';

export const crAccess: ExitHome = (vmm, exit) => {
  const register = exit.qualification & 15;
  const type = (exit.qualification >> 4) & 3;
  const general = (exit.qualification >> 8) & 15;
  vmm.charge('cr_emulation');
  if (type === CR_READ) {
    vmm.world.describe(`read-cr${register}`);
    vmm.cpu.r[general] = vmm.registers().cr3;
  } else if (type === CR_WRITE) {
    vmm.world.describe(`write-cr${register}`);
    if (!write(vmm, register, vmm.cpu.r[general])) {
      vmm.injectException(GP, 0);
      return null;
    }
  } else {
    vmm.world.describe(type === CR_CLTS ? 'clts' : 'lmsw');
    vmm.strategies.memory.writeCr0(type === CR_LMSW ? loadMachineStatus(vmm, exit.qualification >>> 16) : visibleCr0(vmm.cpu) & ~CR0_TS);
  }
  vmm.retire(exit.instructionLength);
  return null;
};

/** False for a value that the processor would have refused: the exit comes before that check. Intel SDM vol. 3C, 25.1.1. */
function write(vmm: Vmm, register: number, value: number): boolean {
  const {memory} = vmm.strategies;
  if ((register === 0 && !isValidCr0(value)) || (register === 4 && !isValidCr4(value))) return false;
  if (!hasValidPointers(vmm, {...vmm.registers(), [`cr${register}`]: value})) return false;
  if (register === 0) memory.writeCr0(value);
  else if (register === 3) memory.writeCr3(value);
  else memory.writeCr4(value);
  return true;
}

/** With PAE paging a pointer with a reserved bit refuses the load. Intel SDM vol. 3A, 4.4.1. */
function hasValidPointers({guest}: Vmm, {cr0, cr3, cr4}: PagingRegisters): boolean {
  if (!usesPointers(cr0, cr4)) return true;
  const at = (cr3 & POINTER_TABLE) >>> 0;
  return [0, 1, 2, 3].every(n => {
    const [low, high] = [guest.read32(gpa(at + 8 * n)), guest.read32(gpa(at + 8 * n + 4))];
    return (low & PTE_P) === 0 || ((low & PDPTE_RESERVED) === 0 && (high & PAE_HIGH_RESERVED) === 0);
  });
}

/** LMSW replaces PE, MP, EM and TS; PE cannot be cleared. */
function loadMachineStatus(vmm: Vmm, source: number): number {
  const before = visibleCr0(vmm.cpu);
  return (before & ~0xe) | (source & 0xf) | (before & 1);
}
