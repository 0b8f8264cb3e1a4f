// One instruction as the decoder sees it: prefixes, ModRM, displacement, immediates. Intel SDM vol. 2A, chapter 2.
import type {OpcodeRow} from './row.ts';

/** A memory operand's address form: offset = base + index << scale + displacement, missing registers being slot 8. */
export interface MemoryForm {
  readonly segment: number;
  readonly base: number;
  readonly index: number;
  readonly scale: number;
  readonly displacement: number;
  /** 16-bit addressing: the sum wraps at 64 KiB. */
  readonly narrow: boolean;
}

export interface Instruction {
  readonly row: OpcodeRow;
  /** Offset of the first byte in CS, and of the next instruction. */
  readonly eip: number;
  readonly next: number;
  readonly length: number;
  /** Mode bits the code was decoded for. */
  readonly mode: number;
  /** 2 or 4 bytes. */
  readonly operandSize: 2 | 4;
  readonly addressSize: 2 | 4;
  readonly lock: boolean;
  /** 0, 0xf2 or 0xf3. */
  readonly repeat: number;
  /** The last opcode byte: its low three bits are a register or a condition in some rows. */
  readonly opcode: number;
  /** ModRM fields; `rm` is a register when `memory` is null. */
  readonly reg: number;
  readonly rm: number;
  readonly memory: MemoryForm | null;
  /** Segment named by a prefix, or -1. */
  readonly override: number;
  /** First and second immediate, sign-extended where the operand letters say so. */
  readonly immediate: number;
  readonly immediate2: number;
}
