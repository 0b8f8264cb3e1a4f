// Which vector may interrupt the processor: the task's priority and what is in service hold lower ones back.
// Intel SDM vol. 3A, 10.8.3 Interrupt, Task, and Processor Priority.
import {at, highestVector, NO_VECTOR, type RegisterPage} from './register-page.ts';
import {IN_SERVICE, REQUESTS, TASK_PRIORITY} from './registers.ts';

/** The class of a vector or a priority: its upper four bits. */
export const classOf = (priority: number): number => priority >>> 4;

/** The task priority where its class is the higher, else the class in service. */
export function processorPriority(page: RegisterPage): number {
  const task = page[at(TASK_PRIORITY)] & 0xff;
  const service = highestVector(page, IN_SERVICE);
  return service === NO_VECTOR || classOf(task) >= classOf(service) ? task : service & 0xf0;
}

/** The highest request above the processor's priority, or NO_VECTOR. */
export function deliverable(page: RegisterPage): number {
  const vector = highestVector(page, REQUESTS);
  return vector !== NO_VECTOR && classOf(vector) > classOf(processorPriority(page)) ? vector : NO_VECTOR;
}
