// Where the fields of a task state segment lie, of 32 and of 16 bits. Intel SDM vol. 3A, 7.2.1 Task-State Segment (TSS), 7.6 16-Bit
// Task-State Segment (TSS).

export interface TaskStateLayout {
  readonly width: 2 | 4;
  /** Least limit of the segment. */
  readonly limit: number;
  readonly eip: number;
  readonly eflags: number;
  /** EAX, and behind it the other general registers. */
  readonly registers: number;
  /** ES, and behind it the other segment registers there are. */
  readonly segments: number;
  readonly segmentCount: 4 | 6;
  readonly ldt: number;
  /** CR3 and the word with the T flag; -1 where there are none. */
  readonly cr3: number;
  readonly trap: number;
}

export const TASK_STATE: TaskStateLayout = {
  width: 4, limit: 0x67, eip: 0x20, eflags: 0x24, registers: 0x28, segments: 0x48, segmentCount: 6, ldt: 0x60, cr3: 0x1c, trap: 0x64,
};
export const TASK_STATE_16: TaskStateLayout = {
  width: 2, limit: 0x2b, eip: 0x0e, eflags: 0x10, registers: 0x12, segments: 0x22, segmentCount: 4, ldt: 0x2a, cr3: -1, trap: -1,
};
