// The command line in this process, on a folder of its own with strategies that do nothing: for tests of commands.
import {PassThrough} from 'node:stream';
import type {ExecutionContext} from 'ava';
import {folder} from '../lab/testing/folder.ts';
import {main} from './main.ts';
import type {Surroundings} from './surroundings.ts';

const built = (path: string): string => new URL(`../lab/testing/${path}`, import.meta.url).href;

/** Strategies as any plugin may bring them: one unbuilt file. */
const STRATEGIES = `
  const strategy = (kind: string, name: string, more: object = {}) => ({apiVersion: 1, kind, name, title: name, create: () => ({}), ...more});
  export default [
    strategy('cpu', 'native'), strategy('cpu', 'hardware-assisted'), strategy('memory', 'nested'), strategy('memory', 'shadow'),
    strategy('io', 'emulated'), strategy('architecture', 'hypervisor'), strategy('architecture', 'hosted'),
  ];`;
const CONFIG = {plugins: ['./strategies.ts'], workloads: ['quick'], techniques: ['native', 'hardware-assisted+shadow'], hosts: ['nehalem-2009'],
  samples: 0};

export interface Ended { readonly status: number; readonly out: string; readonly err: string }

/** A folder with a configuration, and the command line in it. */
export function commandLine(t: ExecutionContext, files: Readonly<Record<string, string>> = {}, config: object = {}) {
  const root = folder(t, {'strategies.ts': STRATEGIES, '.benchrc.json': JSON.stringify({...CONFIG, ...config}), 'package.json': '{}', ...files});
  const run = async (argv: readonly string[], replaced: Partial<Surroundings> = {}): Promise<Ended> => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const status = await main(argv, {
      cwd: root, stdout, stderr, env: {}, signals: () => () => {}, defaults: '/nonexistent', builtIns: '/nonexistent',
      workloads: built('workloads.js'), runner: built('runner.js'), ...replaced,
    });
    return {status, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '')};
  };
  return {root, run};
}
