// Random instructions in random modes: whatever they do, the processor goes on, stops for a reason it names, and leaves alone every byte that
// is not the guest's. Depends on the seed alone.
import {run} from '../../cpu/run.ts';
import {STOP_REFUSED, type Cpu} from '../../cpu/state.ts';
import {findHost} from '../../host/catalogue.ts';
import {Platform} from '../../machine/platform.ts';
import {HOST_BASE} from '../../memory/layout.ts';
import {PhysicalMemory} from '../../memory/physical.ts';
import {hpa} from '../../memory/address.ts';
import {Random} from '../../oracle/random.ts';
import {fillWithCode} from './bytes.ts';
import {chooseStart, CODE, CODE_BYTES, prepare, type Start} from './mode.ts';

const MEMORY = 2 ** 20, GUARD = 2 ** 16, GUARD_BYTE = 0xa5;
/** Instructions tried from one state. */
const STRETCH = 1000;
/** Bytes of code that each stretch brings; around them lies that of earlier ones. */
const FRESH = 0x800;
/** Stretches on one machine: code decoded again and again from the same bytes in other modes is never forgotten, and takes ever longer to look through. */
const RENEWED = 64;
const CALIBRATION = 1_000_000_000;
/** Cycles after which a stretch is ended: a repeated instruction may go on for four thousand million times. */
const LONGEST = 2_000_000;

export interface Internal {
  /** Stretch by number: with the seed it happens again. */
  readonly stretch: number;
  readonly start: Start;
  readonly eip: number;
  readonly what: string;
}

export interface InstructionCoverage {
  /** Instructions retired, and exceptions and interrupts delivered, by mode. */
  readonly byMode: Record<string, number>;
  instructions: number;
  stretches: number;
  /** How stretches ended. */
  readonly stops: Record<number, number>;
}

/** Runs stretches until so many instructions have been executed. */
export function huntInstructions(seed: number, wanted: number): {readonly findings: readonly Internal[]; readonly coverage: InstructionCoverage} {
  const coverage: InstructionCoverage = {byMode: {}, instructions: 0, stretches: 0, stops: {}};
  const findings: Internal[] = [];
  const machine = new Machine();
  const code = new Uint8Array(FRESH);
  while (coverage.instructions < wanted && findings.length < 10) {
    if (coverage.stretches % RENEWED === RENEWED - 1) machine.renew();
    const random = new Random(seed + coverage.stretches * 7919);
    const start = chooseStart(random);
    const internal = machine.stretch({start, random, code}, coverage);
    if (internal !== null) findings.push({stretch: coverage.stretches, start, ...internal});
    coverage.stretches++;
  }
  return {findings, coverage};
}

interface Stretch {
  readonly start: Start;
  readonly random: Random;
  readonly code: Uint8Array;
}

class Machine {
  readonly #allocated = PhysicalMemory.allocate(MEMORY + GUARD);
  #platform = this.#fresh();

  #fresh(): Platform {
    new Uint8Array(this.#allocated.buffer).fill(0);
    new Uint8Array(this.#allocated.buffer).fill(GUARD_BYTE, HOST_BASE + MEMORY);
    return new Platform({
      host: findHost('nehalem-2009'), clock: 'cycles', guestMemory: MEMORY, hostMemory: MEMORY, maxInstructions: CALIBRATION, allocated: this.#allocated,
    });
  }

  renew(): void {
    this.#platform = this.#fresh();
  }

  stretch({start, random, code}: Stretch, coverage: InstructionCoverage): Pick<Internal, 'eip' | 'what'> | null {
    const {cpu, memory, blocks} = this.#platform;
    fillWithCode(code, random);
    const at = CODE + random.below(CODE_BYTES - FRESH);
    memory.writeBytes(hpa(at), code);
    prepare(cpu, start, random);
    cpu.eip = at + random.below(16);
    [cpu.instructionLimit, cpu.instructionsLeft] = [STRETCH, STRETCH];
    cpu.mostFruitlessFaults = STRETCH;
    const before = cpu.interruptsTaken;
    const {clock} = this.#platform;
    const end = clock.schedule(clock.now() + LONGEST, () => this.#platform.requestStop());
    let what = '';
    try {
      run(cpu);
    } catch (error) {
      what = error instanceof Error ? error.stack ?? error.message : `thrown: ${JSON.stringify(error)}`;
    }
    end.cancel();
    const executed = STRETCH - Math.max(0, cpu.instructionsLeft) + cpu.interruptsTaken - before;
    coverage.instructions += executed;
    coverage.byMode[start.mode] = (coverage.byMode[start.mode] ?? 0) + executed;
    coverage.stops[cpu.stop] = (coverage.stops[cpu.stop] ?? 0) + 1;
    blocks.settle(cpu.meter.counts);
    if (what === '') what = wrongWith(cpu) ?? this.#trespass() ?? '';
    if (what === '' && !this.#platform.resetPulled && this.#platform.exitCode === null) return null;
    const {eip} = cpu;
    this.#platform = this.#fresh();
    return what === '' ? null : {eip, what};
  }

  /** Every byte behind the guest's memory still holds what was put there. */
  #trespass(): string | null {
    const guard = new Int32Array(this.#allocated.buffer, HOST_BASE + MEMORY, GUARD >>> 2);
    const word = GUARD_BYTE * 0x01010101 | 0;
    for (let at = 0; at < guard.length; at++) if (guard[at] !== word) return `a byte beyond the guest's memory changed, at 0x${(MEMORY + 4 * at).toString(16)}`;
    return null;
  }
}

/** State that no processor can be in. */
function wrongWith(c: Cpu): string | null {
  if (c.stop === STOP_REFUSED) return `refused: ${c.refusal}`;
  if (!Number.isInteger(c.eip) || !Number.isInteger(c.eflags) || c.cpl < 0 || c.cpl > 3) return `eip ${c.eip}, eflags ${c.eflags}, cpl ${c.cpl}`;
  if (c.r[8] !== 0) return 'the register that reads zero does not';
  return (c.eflags & 2) === 0 ? `eflags 0x${(c.eflags >>> 0).toString(16)}` : null;
}
