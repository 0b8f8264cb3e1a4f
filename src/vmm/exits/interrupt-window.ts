// INTERRUPT_WINDOW: the guest can now take the interrupt that was waiting; it is injected at the next entry.
import type {ExitHome} from './home.ts';

export const interruptWindow: ExitHome = () => null;
