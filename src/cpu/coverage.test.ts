// The table of what is covered keeps its word: every opcode row belongs to a section, is decoded and executed, and every claim names a test
// that exists.
import {existsSync, readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {join} from 'node:path';
import test from 'ava';
import {COVERAGE, isAbsent, rowsOf} from './coverage.ts';
import {OPCODE_ROWS, opcodeBytes} from './decode/table.ts';
import type {OpcodeRow} from './decode/row.ts';
import {STOP_BUDGET, STOP_EXIT, STOP_HALT} from './state.ts';
import {Bench} from './testing/single.ts';
import {UD} from '../x86/exceptions.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

test('every row of the opcode table belongs to one section', t => {
  const claimed = COVERAGE.flatMap(({mnemonics = []}) => mnemonics);
  t.is(new Set(claimed).size, claimed.length);
  t.deepEqual([...new Set(OPCODE_ROWS.map(({mnemonic}) => mnemonic))].filter(name => !claimed.includes(name)), []);
  t.deepEqual(claimed.filter(name => !OPCODE_ROWS.some(({mnemonic}) => mnemonic === name)), []);
  for (const section of COVERAGE) if (section.mnemonics) t.true(rowsOf(section) >= section.mnemonics.length, section.title);
});

test('every claim names a test, and what is absent says what is missing', t => {
  for (const each of COVERAGE) {
    if (isAbsent(each)) t.true(each.missing.length > 0, each.title);
    for (const named of each.tests) {
      const [file, ...title] = named.split(': ');
      const path = join(ROOT, file);
      t.true(existsSync(path), named);
      t.true(readFileSync(path, 'utf8').includes(title.join(': ').trim()), named);
    }
  }
});

/** ModRM of a register form, or of memory at EBX. */
const modrmOf = ({forms, extension}: OpcodeRow): number => (forms === 'memory' ? 0x03 : 0xc1) | (Math.max(0, extension) << 3);
const UNDEFINED = /^(UD\d|ESC)$/;
/** Two control registers do not exist; a load of CS is none. */
const REGISTERS: Readonly<Record<string, number>> = {'0F 20': 0xc0, '0F 22': 0xd0, '8E': 0xd8, '0F 21': 0xc0, '0F 23': 0xc0};

const STOPS: ReadonlySet<number> = new Set([STOP_HALT, STOP_EXIT, STOP_BUDGET]);

test('every row is decoded and executed: none is an undefined opcode', t => {
  for (const row of OPCODE_ROWS) {
    const {twoByte, first, count} = opcodeBytes(row);
    for (let at = 0; at < count; at++) {
      const bench = new Bench();
      bench.catches = true;
      const code = [...(twoByte ? [0x0f] : []), first + at, ...(row.modrm ? [REGISTERS[row.opcode] ?? modrmOf(row)] : []), 0, 0, 0, 0, 0, 0];
      const cpu = bench.run(code, {ebx: 0x2000, ecx: 0x10, esi: 0x2000, edi: 0x3000, ebp: 0x2000});
      t.true(STOPS.has(cpu.stop), `${row.opcode} ${row.mnemonic}: stop ${cpu.stop}, ${cpu.refusal}`);
      const undefinedAtOnce = bench.firstFault === UD;
      t.is(undefinedAtOnce, UNDEFINED.test(row.mnemonic), `${row.opcode} ${row.mnemonic}`);
    }
  }
});
