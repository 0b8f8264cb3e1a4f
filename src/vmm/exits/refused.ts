// An emulated instruction may ask for something that is not modelled; the guest's run then ends with its sentence.
import type {Emulated} from '../emulator.ts';
import type {Ending} from '../../machine/outcome.ts';
import type {Vmm} from '../vmm.ts';

export const endingRefused = (vmm: Vmm, ended: Emulated): Ending | null =>
  ended === 'refused' ? {outcome: 'error', reason: vmm.cpu.refusal} : null;
