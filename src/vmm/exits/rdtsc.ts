// RDTSC: the guest's time-stamp counter.
import {setPair, timeStamp} from '../../cpu/execute/system.ts';
import type {ExitHome} from './home.ts';

export const rdtsc: ExitHome = (vmm, exit) => {
  vmm.charge('instruction_emulation');
  vmm.cpu.tscReads++;
  setPair(vmm.cpu, timeStamp(vmm.cpu));
  vmm.retire(exit.instructionLength);
  return null;
};
