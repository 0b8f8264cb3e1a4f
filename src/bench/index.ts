// `npm run bench`: how fast the interpreter is, beside QEMU's TCG and Bochs where they are installed. A report, not a gate.
// All engines run the same images; MIPS are guest instructions of the whole run by wall-clock time.
import {Command, InvalidArgumentError} from 'commander';
import {bochsEngine} from './bochs.ts';
import type {Engine} from './engine.ts';
import {measure, type Row} from './measure.ts';
import {ourEngine} from './ours.ts';
import {SUBJECTS} from './programs.ts';
import {qemuEngine} from './qemu.ts';
import {table} from './table.ts';

interface Options {
  readonly json?: boolean;
  readonly runs: number;
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('Give a positive whole number.');
}

const program = new Command('bench')
  .argument('[workload...]', SUBJECTS.map(subject => subject.name).join(', '))
  .option('--json', 'print one JSON document')
  .option('--runs <n>', 'alternating runs of each engine', positive, 5)
  .parse();
const {json, runs} = program.opts<Options>();
const chosen = SUBJECTS.filter(({name}) => program.args.length === 0 || program.args.includes(name));
const engines: readonly Engine[] = [ourEngine, bochsEngine(), qemuEngine()].filter(engine => engine !== null);

const rows: Row[] = [];
for (const subject of chosen) rows.push(await measure(subject, engines, runs));
process.stdout.write(json ? `${JSON.stringify({node: process.version, runs, rows}, null, 2)}\n` : `${table(rows)}\n`);
