// What `worldswitch doctor` looks at: the program, this computer as a place to measure on, the configuration, and tools that some
// npm scripts need. Every check says what it found; only what keeps worldswitch from working is a problem.
import {accessSync, constants, existsSync, readFileSync, statSync} from 'node:fs';
import {availableParallelism, cpus, freemem, loadavg, platform, release, totalmem} from 'node:os';
import {delimiter, dirname, join} from 'node:path';
import {loadCatalogue} from '../lab/catalogue.ts';
import {loadConfig} from '../lab/config.ts';
import {ownVersion} from '../lab/own-files.ts';
import {planCells} from '../lab/plan.ts';
import {median} from '../report/compare/bootstrap.ts';
import {planRequest} from './request.ts';
import {catalogueSource} from './run.ts';
import type {Surroundings} from './surroundings.ts';

export interface Check {
  readonly about: string;
  /** `note`: it works, but measured time may suffer, or something optional is not there. */
  readonly state: 'ok' | 'note' | 'problem';
  readonly found: string;
}

const OLDEST_NODE = 24;
const check = (about: string, state: Check['state'], found: string): Check => ({about, state, found});

function text(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}

const program = (): Check[] => [
  check('worldswitch', 'ok', ownVersion()),
  check('Node', Number(process.versions.node.split('.')[0]) >= OLDEST_NODE ? 'ok' : 'problem',
    `${process.version} ${process.arch}, V8 ${process.versions.v8}`),
  check('system', 'ok', `${platform()} ${release()}`),
];

function processor(): Check[] {
  const [first] = cpus();
  const governor = text('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor');
  const boost = text('/sys/devices/system/cpu/cpufreq/boost') ?? (text('/sys/devices/system/cpu/intel_pstate/no_turbo') === '0' ? '1' : null);
  const [load] = loadavg();
  const count = availableParallelism();
  return [
    check('processor', 'ok', `${first?.model.trim() ?? 'unknown'}, ${count} of ${cpus().length} usable`),
    check('frequency', governor === null || governor === 'performance' ? 'ok' : 'note', governor === null ? 'no governor shown here'
      : `governor ${governor}${boost === '1' ? ', boost on: frequency may change while measuring' : ''}`),
    check('load', load < count * 0.5 ? 'ok' : 'note',
      `${load.toFixed(2)} over ${count} processors${load < count * 0.5 ? '' : ': other work disturbs measured time'}`),
    check('memory', freemem() > 2 ** 29 ? 'ok' : 'note', `${(freemem() / 2 ** 30).toFixed(1)} of ${(totalmem() / 2 ** 30).toFixed(1)} GiB free`),
  ];
}

/** The same work again and again: how far the slowest tenth is from the median. */
function noise(): Check[] {
  const times = Array.from({length: 60}, () => {
    const before = performance.now();
    let sum = 1;
    for (let at = 0; at < 300_000; at++) sum = (sum + at * 31) % 65_521;
    return sum < 0 ? 0 : performance.now() - before;
  }).slice(10);
  const middle = median(times);
  const slow = times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.9)];
  const spread = ((slow / middle - 1) * 100).toFixed(1);
  return [check('noise', slow / middle < 1.1 ? 'ok' : 'note',
    `the slowest tenth of equal work takes ${spread}% longer than the median${slow / middle < 1.1 ? '' : ': take more --samples'}`)];
}

async function configuration(surroundings: Surroundings, file: string | undefined): Promise<Check[]> {
  try {
    const config = await loadConfig({cwd: surroundings.cwd, file, defaults: surroundings.defaults});
    const catalogue = await loadCatalogue(catalogueSource(config, surroundings));
    const all = catalogue.plugins.all();
    const plan = planCells(planRequest({workloads: [], flags: {}, config, cwd: surroundings.cwd}), catalogue);
    const refused = plan.filter(({refusal}) => refusal !== null).length;
    return [
      check('configuration', 'ok', config.file ?? 'none found; the defaults apply'),
      check('plugins', 'ok', `${all.length} strategies, ${all.filter(({builtIn}) => !builtIn).length} of them not built in`),
      check('matrix', 'ok', `${plan.length} cells, ${refused} of them refused`), writable(config.out),
    ];
  } catch (error) {
    if ((error as Error).name !== 'UsageError') throw error;
    return [check('configuration', 'problem', (error as Error).message)];
  }
}

function writable(out: string): Check {
  let folder = out;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK);
    if (!statSync(folder).isDirectory()) return check('reports', 'problem', `${folder} is a file; choose another folder with --out`);
    return check('reports', 'ok', out);
  } catch {
    return check('reports', 'problem', `${out} cannot be written; choose another folder with --out`);
  }
}

const onPath = (tool: string, env: Surroundings['env']): boolean =>
  (env['PATH'] ?? '').split(delimiter).some(folder => folder !== '' && existsSync(join(folder, tool)));

function tools({env, stdout}: Surroundings): Check[] {
  const kvm = existsSync('/dev/kvm');
  const missing = ['gcc', 'ld', 'qemu-system-i386'].filter(tool => !onPath(tool, env));
  return [
    check('/dev/kvm', 'ok', kvm ? 'there (not needed)' : 'not there (not needed)'),
    check('tools', missing.length === 0 ? 'ok' : 'note', missing.length === 0 ? 'gcc, ld and qemu-system-i386 are there'
      : `${missing.join(', ')} not found: needed only to rebuild guest images and ask the oracles`),
    check('terminal', 'ok', stdout.isTTY ? `${stdout.columns ?? '?'} columns, TERM=${env['TERM'] ?? 'not set'}` : 'no terminal: plain text'),
  ];
}

export const allChecks = async (surroundings: Surroundings, config: string | undefined): Promise<readonly Check[]> =>
  [...program(), ...processor(), ...noise(), ...await configuration(surroundings, config), ...tools(surroundings)];
