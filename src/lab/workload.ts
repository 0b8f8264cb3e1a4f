// What a workload declares of itself. The image is an ELF32 Multiboot file beside it; the command line carries params.

import type {SpecCard, SpecNetwork} from './spec.ts';

/** A whole-number or word parameter of a workload with what it accepts. */
export type ParameterDefinition =
  | {readonly kind: 'number'; readonly default: number; readonly min: number; readonly max: number; readonly meaning: string}
  | {readonly kind: 'choice'; readonly default: string; readonly values: readonly string[]; readonly meaning: string};

export interface WorkloadDefinition {
  readonly name: string;
  /** `nano`, `lmbench`, `compute`, `system`... */
  readonly suite: string;
  /** One sentence. */
  readonly title: string;
  /** What one marker-3 operation is. */
  readonly operation: string;
  /** What it stresses, in the field's words. */
  readonly stresses: readonly string[];
  /** Reaches the guest as `name=value` words of the Multiboot command line. */
  readonly parameters: Readonly<Record<string, ParameterDefinition>>;
  /** File name of the built image, beside the definition's source. */
  readonly image: string;
  /** File name of the image of the same workload built for Xen, beside the other; absent when there is none. */
  readonly paravirtualImage?: string;
  /** MiB of an empty disk behind its controller; absent = none. */
  readonly disk?: number;
  /** Who is at the other end of the network; absent = no card. */
  readonly network?: SpecNetwork;
  /** Which card a PC has for these parameters; absent = e1000. */
  readonly card?: (params: Readonly<Record<string, string | number>>) => SpecCard;
  /** The value the guest writes to the debug-exit port when its own check passed; the exit code is (value << 1) | 1. */
  readonly exitValue: number;
  /** True when console output does not depend on time, so that it is compared under `cycles` as well. */
  readonly timeIndependentOutput: boolean;
  /** What the console must show at the end when the check passed, for the given parameters. */
  readonly expected: (params: Readonly<Record<string, string | number>>) => string;
  /** Guest instructions needed on `native` with the given parameters, roughly; the default budget is four times this. */
  readonly instructions: (params: Readonly<Record<string, string | number>>) => number;
}

/** Identity, for types and completion in an editor. */
export const defineWorkload = (definition: WorkloadDefinition): WorkloadDefinition => definition;
