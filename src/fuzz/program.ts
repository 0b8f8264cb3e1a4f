// A random guest: its setting and three bodies of steps. A step is a few instructions in a slot of 32 bytes, filled up with a
// jump to the next slot, so that steps can be dropped without moving the others.
import {decode} from '../cpu/decode/decoder.ts';
import {kernel} from './kernel.ts';
import {interrupt, JUMP, little, type Instruction} from './assembler.ts';
import {BODIES, BODY_NAMES, CALL_VECTOR, DONE_VECTOR, MOST_SLOTS, RING_0_VECTOR, SLOT, type BodyName} from './layout.ts';
import type {Setting} from './setting.ts';
import {tables, type Piece} from './tables.ts';

const NO_OPERATION = 0x90, SHORT_JUMP = 0xeb;

export type Step = readonly Instruction[];

export interface Program {
  readonly seed: number;
  readonly setting: Setting;
  readonly bodies: Readonly<Record<BodyName, readonly Step[]>>;
}

export const lengthOf = (step: Step): number => step.reduce((sum, {bytes}) => sum + bytes.length, 0);
export const fits = (step: Step): boolean => lengthOf(step) <= SLOT;
export const isIdle = ({bytes}: Instruction): boolean => bytes.length === 1 && bytes[0] === NO_OPERATION;
/** Instructions in all its steps, without those that only take time. */
export const sizeOf = ({bodies}: Program): number => BODY_NAMES.flatMap(name => bodies[name].flat()).filter(each => !isIdle(each)).length;

/** The program without some instructions in ring 3; the same object when it has none of them. */
export function withoutInRing3(program: Program, mnemonics: readonly string[]): Program {
  const isOut = ({bytes}: Instruction): boolean => {
    const decoded = decode(Uint8Array.from(bytes), 0, bytes.length, {eip: 0, mode: 0});
    return typeof decoded !== 'string' && mnemonics.includes(decoded.row.mnemonic);
  };
  if (mnemonics.length === 0 || !program.bodies.user.some(step => step.some(isOut))) return program;
  return {...program, bodies: {...program.bodies, user: program.bodies.user.map(step => step.filter(each => !isOut(each)))}};
}

/** Everything that lies in memory when the guest starts. */
export function imageOf(program: Program): readonly Piece[] {
  const {pieces, toUser, end} = kernel(program.setting);
  return [
    ...tables(program.setting), ...pieces,
    body(program, 'first', [interrupt(RING_0_VECTOR)], toUser), body(program, 'user', [interrupt(CALL_VECTOR), interrupt(DONE_VECTOR)], BODIES.user),
    body(program, 'second', [interrupt(RING_0_VECTOR)], end),
  ];
}

/** The steps, a slot that brings the processor back to the body's own ring, and a slot that goes on elsewhere. */
function body(program: Program, name: BodyName, last: Step, next: number): Piece {
  const steps = [...program.bodies[name], last];
  if (steps.length > MOST_SLOTS) throw new Error(`a body of ${steps.length} steps does not fit`);
  const address = BODIES[name];
  const bytes = new Uint8Array((steps.length + 1) * SLOT);
  steps.forEach((step, index) => bytes.set(slotBytes(step, {address, index, slots: steps.length}), index * SLOT));
  const from = address + steps.length * SLOT + JUMP.length + 4;
  bytes.set([...JUMP, ...little(next - from, 4)], steps.length * SLOT);
  return {address, bytes};
}

interface Place { readonly address: number; readonly index: number; readonly slots: number }

/** The instructions of a step as they lie in memory, with their addresses. */
export function* placed(step: Step, {address, index, slots}: Place): Generator<{readonly address: number; readonly bytes: number[]}> {
  let here = address + index * SLOT;
  for (const {bytes, slot} of step) {
    const copy = [...bytes];
    if (slot) {
      const target = address + Math.min(index + slot.forward, slots - 1) * SLOT + (slot.within ?? 0);
      copy.splice(slot.at, slot.size, ...little(slot.relative ? target - here - bytes.length : target, slot.size));
    }
    yield {address: here, bytes: copy};
    here += bytes.length;
  }
}

function slotBytes(step: Step, place: Place): number[] {
  const bytes = [...placed(step, place)].flatMap(each => each.bytes);
  const left = SLOT - bytes.length;
  if (left < 0) throw new Error(`a step of ${bytes.length} bytes does not fit its slot`);
  return left >= 2 ? [...bytes, SHORT_JUMP, left - 2] : left === 1 ? [...bytes, NO_OPERATION] : bytes;
}
