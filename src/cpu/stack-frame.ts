// What a transfer through a gate leaves on a stack: collected first, then checked and written at once, on the present stack or on
// the inner one that the task state segment names. Intel SDM vol. 3A, 5.8.5 Stack Switching and 6.12.1.
import {
  DESCRIPTOR_CODE, DESCRIPTOR_DB, DESCRIPTOR_EXPAND_DOWN, descriptorBase, descriptorLimit, descriptorType, selectorError, TYPE_TSS_BUSY,
} from '../x86/descriptors.ts';
import {SS_FAULT, TS} from '../x86/exceptions.ts';
import {ESP, SS, TR} from '../x86/registers.ts';
import {raise} from './fault.ts';
import {readSystem, writeSystem} from './port.ts';
import {accessed, checkStackSegment, type Descriptor} from './segmentation.ts';
import type {Cpu} from './state.ts';

/** Most words: a call gate's 31 parameters, SS and ESP, CS and EIP. */
const MOST_WORDS = 35;

/** Where the frame goes: offsets within the stack segment wrap as its size says. */
interface Stack {
  readonly base: number;
  readonly limit: number;
  readonly attributes: number;
  readonly esp: number;
}

/** Why: transfers are frequent and never nest, so the words are reused and allocate nothing. */
const words = new Int32Array(MOST_WORDS);
let length = 0;
let width: 2 | 4 = 4;

/** Words of the frame that is being collected. */
export const frameLength = (): number => length;

export function beginFrame(bytes: 2 | 4): void {
  length = 0;
  width = bytes;
}

export function pushWord(word: number): void {
  words[length++] = word;
}

/** On the present stack, with the rights the present privilege has. `ready` sets accessed bits, while it can still fault. */
export function writeOnPresentStack(c: Cpu, external: number, ready: () => void): void {
  const esp = c.r[ESP];
  const stack = {base: c.segBase[SS], limit: c.segLimit[SS], attributes: c.segAttributes[SS], esp};
  if (!hasRoom(stack)) raise(c, SS_FAULT, external);
  ready();
  write(c, stack);
  c.setStackPointer(esp - length * width);
}

/** The stack of an inner ring, or null in a task state segment that has none: its selector and pointer as they stand there. */
function innerStack(c: Cpu, cpl: number, external: number): {ss: number; esp: number} {
  const wide = (descriptorType(c.segAttributes[TR]) & ~2) === (TYPE_TSS_BUSY & ~2);
  const slot = wide ? 4 + cpl * 8 : 2 + cpl * 4;
  if (slot + (wide ? 5 : 3) > c.segLimit[TR]) raise(c, TS, selectorError(c.segSelector[TR]) | external);
  const at = (c.segBase[TR] + slot) | 0;
  return wide ? {esp: readSystem(c, at, 4), ss: readSystem(c, (at + 4) | 0, 2)} : {esp: readSystem(c, at, 2), ss: readSystem(c, (at + 2) | 0, 2)};
}

/** Takes an inner stack from the task state segment and writes the frame there; SS and ESP change, CPL does not. */
export function writeOnInnerStack(c: Cpu, cpl: number, external: number, ready: () => void): void {
  const {ss, esp} = innerStack(c, cpl, external);
  if ((ss & 0xfffc) === 0) raise(c, TS, external);
  const found = checkStackSegment(c, ss, cpl, TS, external);
  const stack = stackOf(found, esp);
  if (!hasRoom(stack)) raise(c, SS_FAULT, selectorError(ss) | external);
  const {high} = accessed(c, found);
  ready();
  write(c, stack);
  c.setSegment(SS, ss, stack.base, stack.limit, high);
  c.r[ESP] = esp;
  c.setStackPointer(esp - length * width);
}

const stackOf = ({low, high}: Descriptor, esp: number): Stack => ({base: descriptorBase(low, high), limit: descriptorLimit(low, high), attributes: high, esp});

function write(c: Cpu, {base, attributes, esp}: Stack): void {
  const mask = maskOf(attributes);
  for (let at = 0; at < length; at++) writeSystem(c, (base + ((esp - width * (at + 1)) & mask)) | 0, width, words[at]);
}

const maskOf = (attributes: number): number => ((attributes & DESCRIPTOR_DB) !== 0 ? -1 : 0xffff);

/** Why word by word where the pointer has 16 bits: a frame may then wrap around, with no word of it beyond the limit. */
function hasRoom(stack: Stack): boolean {
  if (maskOf(stack.attributes) === -1) return holds(stack, (stack.esp - length * width) >>> 0, length * width);
  for (let at = 1; at <= length; at++) if (!holds(stack, (stack.esp - width * at) & 0xffff, width)) return false;
  return true;
}

function holds({limit, attributes}: Stack, first: number, bytes: number): boolean {
  const last = first + bytes - 1;
  if ((attributes & (DESCRIPTOR_CODE | DESCRIPTOR_EXPAND_DOWN)) !== DESCRIPTOR_EXPAND_DOWN) return last <= limit;
  return first > limit && last <= (attributes & DESCRIPTOR_DB ? 0xffff_ffff : 0xffff);
}
