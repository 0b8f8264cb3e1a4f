// INTERRUPT_WINDOW and NMI_WINDOW: the guest can now take the interrupt that was waiting; it is injected at the next entry.
import type {ExitHome} from './home.ts';

export const window: ExitHome = () => null;
