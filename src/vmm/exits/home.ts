// The shape of an exit's home: what the exit means, whoever caused it. Returns how the guest ended, or null to go on.
import type {ExitRecord} from '../../cpu/exit-record.ts';
import type {Ending} from '../../machine/outcome.ts';
import type {Vmm} from '../vmm.ts';

export type ExitHome = (vmm: Vmm, exit: ExitRecord) => Ending | null;
