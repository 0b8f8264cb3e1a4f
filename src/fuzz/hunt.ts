// Runs programs by number under techniques and bare metal, and makes a report of each difference: where, shrunk, as assembly.
import type {Catalogue} from '../lab/catalogue.ts';
import {parseTechnique} from '../lab/technique.ts';
import {difference} from './compare.ts';
import {generate} from './generate.ts';
import {Bench, type Behaviour} from './machine.ts';
import {assemblyOf} from './print.ts';
import {sizeOf, type Program} from './program.ts';
import {shrink} from './shrink.ts';
import type {Contender} from './techniques.ts';

export interface Finding {
  readonly seed: number;
  readonly number: number;
  readonly technique: string;
  readonly host: string;
  /** First difference of the program as drawn, and of the shrunk one. */
  readonly difference: string;
  readonly shrunkDifference: string;
  /** Instructions of the shrunk program. */
  readonly size: number;
  readonly assembly: readonly string[];
}

/** What programs did on bare metal: so that a run that tests nothing is seen. */
export interface Coverage {
  programs: number;
  /** Programs that the model itself refuses at some point. */
  refused: number;
  instructions: number;
  interrupts: number;
  exceptions: number;
}

export const noCoverage = (): Coverage => ({programs: 0, refused: 0, instructions: 0, interrupts: 0, exceptions: 0});

export class Hunt {
  readonly #bench: Bench;
  readonly #bareMetal: Contender['technique'];
  readonly #seed: number;
  readonly coverage = noCoverage();

  constructor(catalogue: Catalogue, seed: number) {
    this.#bench = new Bench(catalogue);
    this.#bareMetal = parseTechnique('native', catalogue.plugins);
    this.#seed = seed;
  }

  /** One program under each technique. */
  try(number: number, contenders: readonly Contender[]): Finding[] {
    const program = generate(this.#seed, number);
    const bare = this.#bare(program, contenders[0]?.host ?? 'nehalem-2009');
    this.#cover(bare);
    return contenders.flatMap(contender => {
      const found = difference(this.#bench.run(program, contender.technique, contender.host), bare);
      return found === null ? [] : [this.#report(program, contender, found)];
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
    const small = shrink(program, candidate => against(candidate) !== null).program;
    return {
      seed: this.#seed, number: program.seed, technique: contender.technique.name, host: contender.host, difference: found,
      shrunkDifference: against(small) ?? '', size: sizeOf(small), assembly: assemblyOf(small),
    };
  }
}

export const findingText = (finding: Finding): string => [
  `seed ${finding.seed}, program ${finding.number} under ${finding.technique} on ${finding.host}: ${finding.difference}`,
  `shrunk to ${finding.size} instructions: ${finding.shrunkDifference}`, ...finding.assembly,
].join('\n');
