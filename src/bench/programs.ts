// The workloads of the benchmark and how a number of operations becomes a program.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {packageFolder} from '../lab/own-files.ts';
import type {Program} from './engine.ts';

export interface Subject {
  readonly name: string;
  readonly image: string;
  /** Operations that take about a second here. */
  readonly operations: number;
}

/** Two loops of user code, page faults, and process creation. */
export const SUBJECTS: readonly Subject[] = [
  {name: 'sieve', image: 'compute/sieve/sieve.elf', operations: 1000},
  {name: 'sha256', image: 'compute/sha256/sha256.elf', operations: 600},
  {name: 'pgfault', image: 'nano/pgfault/pgfault.elf', operations: 900_000},
  {name: 'forkwait', image: 'system/forkwait/forkwait.elf', operations: 10_000},
];

const MEMORY = 64 << 20;

/** Why `timer=0`: without interrupts every engine executes the same instructions. */
export function programOf({image}: Subject, operations: number): Program {
  const file = join(packageFolder, 'workloads', image);
  return {file, bytes: readFileSync(file), commandLine: `operations=${operations} timer=0`, memory: MEMORY};
}
