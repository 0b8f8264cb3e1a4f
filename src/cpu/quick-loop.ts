// Runs the instructions of a block: quick forms (quick.ts) here, every other one by its operation.
import {ESP} from '../x86/registers.ts';
import {EFLAGS_CF, EFLAGS_DF, EFLAGS_OF} from '../x86/flags.ts';
import type {Block} from './block.ts';
import {ADD, carry, DEC, INC, LOGIC, resultFlags, sign, SUB, zero} from './flags.ts';
import {tryRead, tryWrite} from './port.ts';
import type {Cpu} from './state.ts';

/** Charges a block as a whole before it runs; unwind.ts gives back what does not complete. */
export function enterBlock(c: Cpu, block: Block): void {
  c.ticksLeft -= block.ticks;
  c.instructionsLeft -= block.guests;
  if (block.entries++ === 0) c.blocks.entered(block);
  c.block = block;
  c.eip = block.end;
  c.limit = block.n;
}

/**
 * The block that may follow at once, or null. Invariant: a link is followed only when EIP, mode and the page that the
 * fetch TLB shows are those the block was decoded for, and no event is due within it; so links change no count.
 */
function linked(c: Cpu, last: Block): Block | null {
  const {eip} = c;
  const next = eip === last.end ? last.fallen : last.taken;
  if (next === null || next.eip !== eip || next.mode !== c.mode) return null;
  const entry = c.fetchView[eip >>> 12];
  if (next.home !== (entry & -4096) || (entry & c.readRight) === 0) return null;
  return next.need > c.ticksLeft || next.guestNeed > c.instructionsLeft ? null : next;
}

/**
 * Runs a block and up to `most` in all that are linked behind it. Returns how many instructions of the last one, `cpu.block`,
 * are done: not all when a slow path ended it, or when a quick form faulted, which sets `cpu.faulted` and leaves the
 * state as it was before its instruction.
 *
 * Why: a call of an operation costs some 5 ns whatever it does, a case of this loop 1 to 3. Cases are literals because only
 * then does the bytecode have a jump table. Memory is read in one place, so that it is compiled in line.
 */
export function runBlocks(c: Cpu, first: Block, most: number): number {
  const {r, view, i32, u8} = c;
  let block = first;
  for (let left = most; ; ) {
    enterBlock(c, block);
    const {steps, ops} = block;
    let at = 0;
    for (; at < c.limit; at++) {
      const step = steps[at];
      const {d, x, source} = step;
      let b = x;
      if (source === 0) b = r[b];
      else if (source !== 1) {
        b = (r[step.base] + (r[step.index] << step.scale) + step.displacement) | 0;
        if (source !== 4) {
          const linear = b;
          const entry = view[linear >>> 12];
          const offset = (entry & -4096) | (linear & 4095);
          if ((entry & c.readRight) === 0 || (source === 2 && (linear & 3) !== 0)) {
            c.at = at;
            b = tryRead(c, linear, source === 2 ? 4 : 1) | 0;
            if (c.faulted) return at;
          } else if (source === 2) b = i32[offset >> 2];
          else b = u8[offset];
        }
      }
      switch (step.kind) {
        case 0: // call
          c.at = at;
          ops[at](c);
          break;
        case 1: // move
          r[d] = b;
          break;
        case 2: { // add
          const a = r[d];
          const result = (a + b) | 0;
          r[d] = result;
          record(c, ADD, result, a, b);
          break;
        }
        case 3: { // sub
          const a = r[d];
          const result = (a - b) | 0;
          r[d] = result;
          record(c, SUB, result, a, b);
          break;
        }
        case 4: { // cmp
          const a = r[d];
          record(c, SUB, (a - b) | 0, a, b);
          break;
        }
        case 56: { // cmpBranch
          const a = r[d];
          record(c, SUB, (a - b) | 0, a, b);
          at++;
          if (holds(steps[at].kind, a, b)) c.eip = steps[at].x;
          break;
        }
        case 57: { // testBranch
          const result = r[d] & b;
          c.flagKind = LOGIC;
          c.flagResult = result;
          at++;
          if ((result === 0) === (steps[at].kind === 33)) c.eip = steps[at].x;
          break;
        }
        case 5: // and
          c.flagKind = LOGIC;
          c.flagResult = r[d] &= b;
          break;
        case 6: // or
          c.flagKind = LOGIC;
          c.flagResult = r[d] |= b;
          break;
        case 7: // xor
          c.flagKind = LOGIC;
          c.flagResult = r[d] ^= b;
          break;
        case 8: // test
          c.flagKind = LOGIC;
          c.flagResult = r[d] & b;
          break;
        case 9: { // inc
          if (carry(c)) c.eflags |= EFLAGS_CF;
          else c.eflags &= ~EFLAGS_CF;
          const a = r[d];
          const result = (a + 1) | 0;
          r[d] = result;
          record(c, INC, result, a, 1);
          break;
        }
        case 10: { // dec
          if (carry(c)) c.eflags |= EFLAGS_CF;
          else c.eflags &= ~EFLAGS_CF;
          const a = r[d];
          const result = (a - 1) | 0;
          r[d] = result;
          record(c, DEC, result, a, 1);
          break;
        }
        case 11: { // shl
          const a = r[d];
          const result = a << b;
          const out = (a >>> (32 - b)) & 1;
          r[d] = result;
          resultFlags(c, result, 0, (out !== 0 ? EFLAGS_CF : 0) | (result >>> 31 !== out ? EFLAGS_OF : 0));
          break;
        }
        case 12: { // shr
          const a = r[d];
          const result = (a >>> b) | 0;
          r[d] = result;
          resultFlags(c, result, 0, ((a >>> (b - 1)) & 1 ? EFLAGS_CF : 0) | (a < 0 ? EFLAGS_OF : 0));
          break;
        }
        case 13: { // sar
          const a = r[d];
          const result = a >> b;
          r[d] = result;
          resultFlags(c, result, 0, (a >> (b - 1)) & 1 ? EFLAGS_CF : 0);
          break;
        }
        case 14: { // store
          const entry = view[b >>> 12];
          const value = (r[d] + x) | 0;
          if ((entry & c.writeRight) !== 0 && (b & 3) === 0) i32[((entry & -4096) | (b & 4095)) >> 2] = value;
          else {
            c.at = at;
            tryWrite(c, b, 4, value);
            if (c.faulted) return at;
          }
          break;
        }
        case 15: { // cmpMemory
          const right = (r[d] + x) | 0;
          record(c, SUB, (b - right) | 0, b, right);
          break;
        }
        case 16: { // storeByte
          const entry = view[b >>> 12];
          const value = r[d] + x;
          if ((entry & c.writeRight) !== 0) u8[(entry & -4096) | (b & 4095)] = value;
          else {
            c.at = at;
            tryWrite(c, b, 1, value);
            if (c.faulted) return at;
          }
          break;
        }
        case 17: { // cmpByte
          const a = b << 24;
          const right = x << 24;
          record(c, SUB | (24 << 3), (a - right) | 0, a, right);
          break;
        }
        case 18: // not
          r[d] = ~b;
          break;
        case 19: { // push
          const esp = (r[ESP] - 4) | 0;
          const entry = view[esp >>> 12];
          if ((entry & c.writeRight) !== 0 && (esp & 3) === 0) i32[((entry & -4096) | (esp & 4095)) >> 2] = b;
          else {
            c.at = at;
            tryWrite(c, esp, 4, b);
            if (c.faulted) return at;
          }
          r[ESP] = esp;
          break;
        }
        case 20: // pop
          r[ESP] = (r[ESP] + 4) | 0;
          r[d] = b;
          break;
        case 21: // jump
          c.eip = b;
          break;
        case 22: { // callNear
          const esp = (r[ESP] - 4) | 0;
          const entry = view[esp >>> 12];
          if ((entry & c.writeRight) !== 0 && (esp & 3) === 0) i32[((entry & -4096) | (esp & 4095)) >> 2] = b;
          else {
            c.at = at;
            tryWrite(c, esp, 4, b);
            if (c.faulted) return at;
          }
          r[ESP] = esp;
          c.eip = d;
          break;
        }
        case 23: // ret
          c.eip = b;
          r[ESP] = (r[ESP] + x) | 0;
          break;
        case 24: // addSilent
          r[d] += b;
          break;
        case 25: // subSilent
          r[d] -= b;
          break;
        case 26: // andSilent
          r[d] &= b;
          break;
        case 27: // orSilent
          r[d] |= b;
          break;
        case 28: // xorSilent
          r[d] ^= b;
          break;
        case 29: // rolSilent
          r[d] = (r[d] << b) | (r[d] >>> (32 - b));
          break;
        case 30: // shlSilent
          r[d] <<= b;
          break;
        case 31: // shrSilent
          r[d] >>>= b;
          break;
        case 32: // sarSilent
          r[d] >>= b;
          break;
        case 33: // jz
          if (zero(c)) c.eip = b;
          break;
        case 34: // jnz
          if (!zero(c)) c.eip = b;
          break;
        case 35: // js
          if (sign(c)) c.eip = b;
          break;
        case 36: // jns
          if (!sign(c)) c.eip = b;
          break;
        case 37: // jb
          if (c.flagA >>> 0 < c.flagB >>> 0) c.eip = b;
          break;
        case 38: // jnb
          if (c.flagA >>> 0 >= c.flagB >>> 0) c.eip = b;
          break;
        case 39: // jbe
          if (c.flagA >>> 0 <= c.flagB >>> 0) c.eip = b;
          break;
        case 40: // jnbe
          if (c.flagA >>> 0 > c.flagB >>> 0) c.eip = b;
          break;
        case 41: // jl
          if (c.flagA < c.flagB) c.eip = b;
          break;
        case 42: // jnl
          if (c.flagA >= c.flagB) c.eip = b;
          break;
        case 43: // jle
          if (c.flagA <= c.flagB) c.eip = b;
          break;
        case 44: // jnle
          if (c.flagA > c.flagB) c.eip = b;
          break;
        case 45: // testByte
          c.flagKind = LOGIC | (24 << 3);
          c.flagResult = (r[d] & b) << 24;
          break;
        case 58: // cld
          c.eflags &= ~EFLAGS_DF;
          break;
        case 46: // moveByte
          r[d] = (b >> step.scale) & 0xff;
          break;
        case 48: { // callTo
          const esp = (r[ESP] - 4) | 0;
          const entry = view[esp >>> 12];
          if ((entry & c.writeRight) !== 0 && (esp & 3) === 0) i32[((entry & -4096) | (esp & 4095)) >> 2] = d;
          else {
            c.at = at;
            tryWrite(c, esp, 4, d);
            if (c.faulted) return at;
          }
          r[ESP] = esp;
          c.eip = b;
          break;
        }
        case 49: // jumpTo
          c.eip = b;
          break;
        case 50: case 51: case 52: case 53: case 54: case 55: { // addMemory and its like
          const entry = view[b >>> 12];
          if ((entry & c.writeRight) !== 0 && (b & 3) === 0) {
            modify(c, step.kind, ((entry & -4096) | (b & 4095)) >> 2, (r[d] + x) | 0);
          } else {
            c.at = at;
            ops[at](c);
          }
          break;
        }
        case 47: // loadByte
          r[d] = (r[d] & ~0xff) | b;
          break;
      }
    }
    if (at < block.n || --left === 0 || c.attention !== 0 || c.ticksLeft <= 0) return at;
    const next = linked(c, block);
    if (next === null) return at;
    block = next;
  }
}

/** Whether a branch behind CMP is taken. */
function holds(kind: number, a: number, b: number): boolean {
  switch (kind) {
    case 33: return a === b;
    case 34: return a !== b;
    case 37: return a >>> 0 < b >>> 0;
    case 38: return a >>> 0 >= b >>> 0;
    case 39: return a >>> 0 <= b >>> 0;
    case 40: return a >>> 0 > b >>> 0;
    case 41: return a < b;
    case 42: return a >= b;
    case 43: return a <= b;
    default: return a > b;
  }
}

function modify(c: Cpu, kind: number, at: number, b: number): void {
  const a = c.i32[at];
  if (kind === 52 || kind === 53) {
    c.flagKind = LOGIC;
    c.i32[at] = c.flagResult = kind === 52 ? a & b : a | b;
    return;
  }
  if (kind >= 54) {
    if (carry(c)) c.eflags |= EFLAGS_CF;
    else c.eflags &= ~EFLAGS_CF;
  }
  const adds = kind === 50 || kind === 54;
  const result = adds ? (a + b) | 0 : (a - b) | 0;
  c.i32[at] = result;
  record(c, kind === 50 ? ADD : kind === 51 ? SUB : kind === 54 ? INC : DEC, result, a, b);
}

function record(c: Cpu, kind: number, result: number, a: number, b: number): void {
  c.flagKind = kind;
  c.flagResult = result;
  c.flagA = a;
  c.flagB = b;
}
