// What a result says of this computer and this moment. No figure of a cell depends on anything in here.
import {arch, availableParallelism, cpus, platform, release} from 'node:os';
import {ownVersion} from './own-files.ts';
import type {Environment} from './result.ts';
import {SIMPLIFICATIONS} from './simplifications.ts';

interface Moment {
  readonly startedAt: Date;
  readonly elapsedMs: number;
  readonly command: readonly string[];
}

export function environment({startedAt, elapsedMs, command}: Moment): Environment {
  return {
    worldswitch: ownVersion(),
    node: process.version,
    platform: `${platform()} ${release()} ${arch()}`,
    cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
    cpuCount: availableParallelism(),
    startedAt: startedAt.toISOString(),
    finishedAt: new Date(startedAt.getTime() + elapsedMs).toISOString(),
    elapsedMs,
    command,
    simplifications: SIMPLIFICATIONS,
  };
}
