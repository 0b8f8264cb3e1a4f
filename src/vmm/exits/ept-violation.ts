// EPT_VIOLATION: nested paging had no translation or not the rights for a guest-physical address.
// Intel SDM vol. 3C, table 27-7 Exit Qualification for EPT Violations.
import type {ExitHome} from './home.ts';

export const eptViolation: ExitHome = (vmm, exit) => {
  vmm.strategies.memory.violation(exit);
  return null;
};
