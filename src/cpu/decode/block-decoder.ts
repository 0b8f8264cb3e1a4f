// Decodes a run of instructions at a memory offset into a block: up to a control transfer, the end of the page, or the
// longest block allowed. An instruction that crosses into the next page stands alone.
import {HOST_BASE} from '../../memory/layout.ts';
import {CS, SS} from '../../x86/registers.ts';
import {Block, type BlockCache, type Carried, type DecodedInstruction, type Op} from '../block.ts';
import {NO_CHARGES} from '../charges.ts';
import {MARKER_BASE, marker} from '../execute/system.ts';
import {generalProtection, undefinedOpcode} from '../fault.ts';
import {DEVICE} from '../mmu.ts';
import {quickForm} from '../quick.ts';
import {MODE_SINGLE, type Cpu} from '../state.ts';
import {decode, INCOMPLETE, MAX_LENGTH, TOO_LONG, UNDEFINED, type Decoded} from './decoder.ts';
import type {Instruction} from './instruction.ts';
import {endsBlock} from './mnemonics.ts';

const PAGE = 4096;

/** Decodes and caches the block at `offset`, whose EIP is the processor's. */
export function decodeBlock(c: Cpu, offset: number, mode: number): Block {
  const place = {eip: c.eip, mode};
  const first = offset & (PAGE - 1);
  const frame = (offset - HOST_BASE) >>> 12;
  const most = (mode & MODE_SINGLE) !== 0 ? 1 : c.blocks.maxLength;
  const instructions: DecodedInstruction[] = [];
  let eip = place.eip;
  let crossing = -1;
  for (let at = first; at < PAGE && instructions.length < most; ) {
    let decoded = decode(c.u8, offset - first + at, offset - first + PAGE, {eip, mode});
    if (decoded === INCOMPLETE) {
      if (instructions.length > 0) break;
      const second = nextPage(c);
      decoded = decodeCrossing(c, offset, second, {eip, mode});
      crossing = second === DEVICE ? -1 : (second - HOST_BASE) >>> 12;
    }
    const instruction = carrying(build(decoded, c.blocks), c.blocks.carried?.(frame, at) ?? null);
    if (instruction.alone && instructions.length > 0) break;
    instructions.push(instruction);
    if (instruction.ends || crossing >= 0) break;
    at += instruction.length;
    eip = (eip + instruction.length) | 0;
  }
  const block = new Block({eip: place.eip, mode, frame, first, crossing}, instructions, c.blocks.ticksOf);
  c.blocks.insert(block);
  return block;
}

/** Code of a VMM's making stands for as many guest instructions as it says, and may charge more than its own work. */
function carrying(instruction: DecodedInstruction, carried: Carried | null): DecodedInstruction {
  return carried === null ? instruction : {...instruction, guest: carried.guest, charges: [...instruction.charges, ...carried.charges]};
}

function nextPage(c: Cpu): number {
  return c.mmu.fetch(c, (((c.segBase[CS] + c.eip) & -PAGE) + PAGE) | 0);
}

function decodeCrossing(c: Cpu, offset: number, second: number, place: {eip: number; mode: number}): Decoded {
  const here = PAGE - (offset & (PAGE - 1));
  const bytes = new Uint8Array(MAX_LENGTH).fill(0xff);
  bytes.set(c.u8.subarray(offset, offset + here));
  if (second !== DEVICE) bytes.set(c.u8.subarray(second, second + MAX_LENGTH - here), here);
  return decode(bytes, 0, MAX_LENGTH, place);
}

/** The operation behind a decoded instruction, with what the block needs to know of it. */
function build(decoded: Decoded, {scheme, onSensitive}: BlockCache): DecodedInstruction {
  if (decoded === TOO_LONG) return faulting(generalProtection);
  if (decoded === UNDEFINED || decoded === INCOMPLETE) return faulting(undefinedOpcode);
  if (isMarker(decoded)) return {op: marker(decoded), quick: null, length: decoded.length, charges: NO_CHARGES, ends: true, alone: true, guest: 1};
  const {row} = decoded;
  const repeated = decoded.repeat !== 0 && /^(MOVS|CMPS|STOS|LODS|SCAS|INS|OUTS)$/.test(row.mnemonic);
  const op = row.execute(decoded);
  const watched = onSensitive !== null && isSensitive(decoded);
  return {
    op: watched ? watch(op, decoded, onSensitive) : op, quick: watched ? null : quickForm(decoded), length: decoded.length, charges: scheme.chargesOf(decoded),
    ends: endsBlock(row.mnemonic, row.operands, repeated), alone: false, guest: 1,
  };
}

/** Robin and Irvine list MOV with control registers too, which are privileged; PUSH of DS, ES, FS and GS shows what was loaded. */
const isSensitive = ({row, reg}: Instruction): boolean =>
  row.sensitivity === 'sensitive' && (row.mnemonic !== 'MOV' || row.operands[0] === 'Sw' || reg === CS || reg === SS);

function watch(op: Op, instruction: Instruction, onSensitive: NonNullable<BlockCache['onSensitive']>): Op {
  return c => {
    onSensitive(c, instruction);
    op(c);
  };
}

function faulting(fault: (c: Cpu) => void): DecodedInstruction {
  const op: Op = c => fault(c);
  return {op, quick: null, length: 1, charges: NO_CHARGES, ends: true, alone: false, guest: 1};
}

const isMarker = ({row, memory, operandSize}: Instruction): boolean =>
  row.opcode === '0F 1F' && operandSize === 4 && memory !== null && memory.base === 0 && (memory.displacement & ~0xffff) === MARKER_BASE && !memory.narrow;
