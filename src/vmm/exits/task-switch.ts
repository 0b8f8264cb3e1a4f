// TASK_SWITCH: hardware does not switch tasks in non-root operation, so the VMM does: it carries out the instruction, or delivers the
// event, on the guest's own task state segments. Intel SDM vol. 3C, 25.4.2 Treatment of Task Switches, table 27-2.
import type {ExitHome} from './home.ts';

const SOURCES = ['task-call', 'task-iret', 'task-jmp', 'task-gate'];

export const taskSwitch: ExitHome = (vmm, exit) => {
  vmm.world.describe(SOURCES[exit.qualification >>> 30]);
  vmm.emulate();
  return null;
};
