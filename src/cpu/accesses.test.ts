// Accesses per instruction as the manual's operation sections have them. Intel SDM vol. 2.
import test from 'ava';
import {accessesOf} from './accesses.ts';
import {decode} from './decode/decoder.ts';
import type {Instruction} from './decode/instruction.ts';

const ROWS: ReadonlyArray<readonly [what: string, bytes: string, reads: number, writes: number]> = [
  ['ADD ECX, EAX', '01 c1', 0, 0],
  ['ADD EAX, [ECX]', '03 01', 1, 0],
  ['ADD [ECX], EAX looks its operand up once', '01 01', 0, 1],
  ['CMP [ECX], EAX', '39 01', 1, 0],
  ['TEST [ECX], 1', 'f6 01 01', 1, 0],
  ['MOV EAX, [ECX]', '8b 01', 1, 0],
  ['MOV [ECX], EAX', '89 01', 0, 1],
  ['MOV EAX, moffs', 'a1 00 10 00 00', 1, 0],
  ['MOV moffs, EAX', 'a3 00 10 00 00', 0, 1],
  ['LEA EAX, [ECX]', '8d 01', 0, 0],
  ['NOP [EAX]', '0f 1f 00', 0, 0],
  ['INVLPG [EAX]', '0f 01 38', 0, 0],
  ['NOT [ECX]', 'f7 11', 0, 1],
  ['MUL [ECX]', 'f7 21', 1, 0],
  ['IMUL [ECX]', 'f7 29', 1, 0],
  ['IMUL EAX, [ECX]', '0f af 01', 1, 0],
  ['IMUL EAX, [ECX], 3', '6b 01 03', 1, 0],
  ['XCHG [ECX], EAX', '87 01', 0, 1],
  ['CMPXCHG8B [ECX]', '0f c7 09', 0, 2],
  ['SETZ [ECX]', '0f 94 01', 0, 1],
  ['PUSH EAX', '50', 0, 1],
  ['PUSH [ECX]', 'ff 31', 1, 1],
  ['POP EAX', '58', 1, 0],
  ['POP [ECX]', '8f 01', 1, 1],
  ['POP DS with its descriptor', '1f', 3, 0],
  ['MOV DS, EAX with its descriptor', '8e d8', 2, 0],
  ['PUSHA', '60', 0, 8],
  ['POPA leaves ESP out', '61', 7, 0],
  ['ENTER 8, 0', 'c8 08 00 00', 0, 1],
  ['ENTER 8, 2', 'c8 08 00 02', 1, 3],
  ['LEAVE', 'c9', 1, 0],
  ['CALL near', 'e8 00 00 00 00', 0, 1],
  ['CALL [ECX]', 'ff 11', 1, 1],
  ['RET', 'c3', 1, 0],
  ['JMP near', 'eb 00', 0, 0],
  ['LGDT [ECX]', '0f 01 11', 2, 0],
  ['SGDT [ECX]', '0f 01 01', 0, 2],
  ['XLAT', 'd7', 1, 0],
  ['MOVSD', 'a5', 1, 1],
  ['REP MOVSD: its iterations are counted when they run', 'f3 a5', 0, 0],
  ['CMPSB', 'a6', 2, 0],
];

for (const [what, bytes, reads, writes] of ROWS) {
  test(`${what}: ${reads} reads, ${writes} writes`, t => {
    const code = Uint8Array.from(bytes.split(' '), byte => Number.parseInt(byte, 16));
    const decoded = decode(code, 0, code.length, {eip: 0, mode: -1});
    t.not(typeof decoded, 'string');
    t.deepEqual(accessesOf(decoded as Instruction), {reads, writes});
  });
}
