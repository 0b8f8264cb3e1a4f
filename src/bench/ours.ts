// The machine that `run` uses, on bare metal: TLB, clock and accounting on.
import {findHost} from '../host/catalogue.ts';
import {runBareMetal} from '../machine/bare-metal.ts';
import {loadMultiboot} from '../machine/multiboot.ts';
import {Platform} from '../machine/platform.ts';
import {resetForMultiboot} from '../machine/reset.ts';
import {hpa} from '../memory/address.ts';
import type {Engine, Program} from './engine.ts';

const HOST = 'pentium4-2005';

export interface OwnRun {
  readonly milliseconds: number;
  /** Guest instructions, the whole run. */
  readonly instructions: number;
}

/** @throws Error when the guest does not end as it should */
export function runHere(program: Program): OwnRun {
  const {file, bytes, commandLine, memory: size} = program;
  const platform = new Platform({host: findHost(HOST), clock: 'cycles', guestMemory: size, hostMemory: size, maxInstructions: 1e12});
  const memory = {size, write: (address: number, part: Uint8Array) => platform.memory.writeBytes(hpa(address), part)};
  resetForMultiboot(platform.cpu, loadMultiboot({file, bytes, commandLine, memory}));
  const started = performance.now();
  const {outcome, reason} = runBareMetal(platform);
  const milliseconds = performance.now() - started;
  if (outcome !== 'completed') throw new Error(`${file} with '${commandLine}' did not complete: ${outcome}, ${reason}`);
  return {milliseconds, instructions: platform.recorder.finish().total.instructions};
}

export const ourEngine: Engine = {
  name: 'worldswitch',
  startsUp: false,
  run: program => Promise.resolve(runHere(program).milliseconds),
};
