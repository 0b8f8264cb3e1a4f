// Runs programs by number under techniques and bare metal, and makes a report of each difference: where, shrunk, as assembly.
import type {Catalogue} from '../lab/catalogue.ts';
import {parseTechnique} from '../lab/technique.ts';
import {difference} from './compare.ts';
import {generate} from './generate.ts';
import {Bench, type Behaviour} from './machine.ts';
import {assemblyOf} from './print.ts';
import {sizeOf, withoutInRing3, type Program} from './program.ts';
import {shrink} from './shrink.ts';
import {chosenTechniques, contendersFor, type Contender, type Field} from './techniques.ts';

export interface Finding {
  readonly seed: number;
  readonly number: number;
  readonly technique: string;
  readonly host: string;
  /** First difference of the program as drawn. */
  readonly difference: string;
  /** Null after the first few under the same technique. */
  readonly shrunk: Shrunk | null;
}

export interface Shrunk {
  readonly difference: string;
  /** Instructions. */
  readonly size: number;
  readonly assembly: readonly string[];
}

/** What programs did on bare metal: so that a run that tests nothing is seen. */
export interface Coverage {
  programs: number;
  /** Runs under a technique. */
  runs: number;
  /** Programs that the model itself refuses at some point. */
  refused: number;
  instructions: number;
  interrupts: number;
  exceptions: number;
}

export const noCoverage = (): Coverage => ({programs: 0, runs: 0, refused: 0, instructions: 0, interrupts: 0, exceptions: 0});

/** Findings that are shrunk under each technique. */
const SHRUNK = 3;

export class Hunt {
  readonly #bench: Bench;
  readonly #bareMetal: Contender['technique'];
  readonly field: Field;
  readonly #seed: number;
  readonly #every: number;
  /** Findings so far under each technique; only the first few are worth shrinking. */
  readonly #found = new Map<string, number>();
  readonly coverage = noCoverage();

  /** @throws UsageError when a technique is unknown or starts nowhere */
  constructor(catalogue: Catalogue, techniques: readonly string[], seed: number, every = 1) {
    this.#every = every;
    this.#bench = new Bench(catalogue);
    this.field = chosenTechniques(techniques, catalogue.plugins, contender => this.#bench.starts(contender));
    this.#bareMetal = parseTechnique('native', catalogue.plugins);
    this.#seed = seed;
  }

  /** One program under each technique whose turn it is. */
  try(number: number): Finding[] {
    const program = generate(this.#seed, number);
    const contenders = contendersFor(this.field, number, this.#every);
    const bare = this.#bare(program, contenders[0].host);
    this.#cover(bare);
    return contenders.flatMap(contender => {
      this.coverage.runs++;
      const taken = withoutInRing3(program, contender.except);
      const reference = taken === program ? bare : this.#bare(taken, contender.host);
      const found = difference(this.#bench.run(taken, contender.technique, contender.host), reference);
      return found === null ? [] : [this.#report(taken, contender, found)];
    });
  }

  #bare(program: Program, host: string): Behaviour {
    return this.#bench.run(program, this.#bareMetal, host);
  }

  #cover({run}: Behaviour): void {
    const {coverage} = this;
    coverage.programs++;
    if (run === null) return;
    if (run.ending.outcome === 'error') coverage.refused++;
    coverage.instructions += run.total.instructions;
    coverage.interrupts += run.total.interrupts;
    coverage.exceptions += run.platform.recorder.trail.entries.filter(({what}) => what === 'checkpoint').length;
  }

  #report(program: Program, contender: Contender, found: string): Finding {
    const against = (candidate: Program): string | null =>
      difference(this.#bench.run(candidate, contender.technique, contender.host), this.#bare(candidate, contender.host));
    const before = this.#found.get(contender.technique.name) ?? 0;
    this.#found.set(contender.technique.name, before + 1);
    if (before >= SHRUNK) return {...this.#place(program, contender), difference: found, shrunk: null};
    const small = shrink(program, candidate => against(candidate) !== null).program;
    return {
      ...this.#place(program, contender), difference: found,
      shrunk: {difference: against(small) ?? '', size: sizeOf(small), assembly: assemblyOf(small)},
    };
  }

  #place({seed: number}: Program, {technique: {name}, host}: Contender): Pick<Finding, 'seed' | 'number' | 'technique' | 'host'> {
    return {seed: this.#seed, number, technique: name, host};
  }
}

export const findingText = (finding: Finding): string => [
  `seed ${finding.seed}, program ${finding.number} under ${finding.technique} on ${finding.host}: ${finding.difference}`,
  ...(finding.shrunk ? [`shrunk to ${finding.shrunk.size} instructions: ${finding.shrunk.difference}`, ...finding.shrunk.assembly] : []),
].join('\n');
