// Exits whose instruction the emulator carries out on the guest's state: a load or store of a descriptor-table register, a
// performance counter, a debug register. What the instruction itself raises goes to the guest.
import type {ExitHome} from './home.ts';

export const emulated: ExitHome = vmm => {
  const instruction = vmm.emulator.instruction();
  if (instruction) vmm.world.describe(instruction.row.mnemonic.toLowerCase());
  vmm.emulate();
  return null;
};
