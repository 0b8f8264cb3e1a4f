// TRIPLE_FAULT: on bare metal the machine would reset; here the guest's run ends.
import {tripleFault as ending} from '../../machine/outcome.ts';
import type {ExitHome} from './home.ts';

export const tripleFault: ExitHome = vmm => ending(vmm.cpu);
