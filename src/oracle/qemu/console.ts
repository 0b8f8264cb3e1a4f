// What an image prints on the modelled machine.
import {findHost} from '../../host/catalogue.ts';
import {runBareMetal} from '../../machine/bare-metal.ts';
import {loadMultiboot} from '../../machine/multiboot.ts';
import type {Ending} from '../../machine/outcome.ts';
import {Platform} from '../../machine/platform.ts';
import {resetForMultiboot} from '../../machine/reset.ts';
import {hpa} from '../../memory/address.ts';
import {imageFile, readImage} from './images.ts';

const MEMORY = 64 << 20;
const MOST_INSTRUCTIONS = 100_000_000;

export interface ModelledRun {
  readonly ending: Ending;
  readonly exitCode: number | null;
  readonly console: readonly string[];
}

export interface RunOptions {
  readonly clock: 'cycles' | 'instructions';
  /** Longest decoded block. */
  readonly maxBlock?: number;
}

export function runImage(name: string, options: RunOptions): ModelledRun {
  const platform = new Platform({host: findHost('pentium4-2005'), guestMemory: MEMORY, hostMemory: MEMORY, maxInstructions: MOST_INSTRUCTIONS, ...options});
  const memory = {size: MEMORY, write: (address: number, bytes: Uint8Array) => platform.memory.writeBytes(hpa(address), bytes)};
  resetForMultiboot(platform.cpu, loadMultiboot({file: imageFile(name), bytes: readImage(name), memory}));
  const ending = runBareMetal(platform);
  return {ending, exitCode: platform.exitCode, console: Buffer.from(platform.console).toString('latin1').trimEnd().split('\n')};
}
