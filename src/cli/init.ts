// `worldswitch init`: a configuration to start from; `init plugin KIND NAME`: a strategy to start from, which is a working copy of a
// built-in one, with a test that holds it to what every strategy must keep.
import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {basename, join, relative} from 'node:path';
import {packageFolder} from '../lab/own-files.ts';
import {UsageError, listed} from '../lab/usage-error.ts';
import {PLUGIN_KINDS, type PluginKind} from '../vmm/plugin.ts';
import {pluginReadme, pluginTest, techniquesOf} from './scaffold.ts';
import type {Surroundings} from './surroundings.ts';

export interface InitFlags {
  readonly from?: string;
}

const CONFIG = '.benchrc.json';
const SMALLEST: Readonly<Record<PluginKind, string>> = {cpu: 'hardware-assisted', memory: 'nested', io: 'emulated', architecture: 'hypervisor'};

/** @throws UsageError when something is in the way; then nothing has been written */
export function initCommand(words: readonly string[], flags: InitFlags, {cwd, stdout}: Surroundings): number {
  const [what, kind, name, ...rest] = words;
  if (what !== undefined && (what !== 'plugin' || rest.length > 0)) {
    throw new UsageError(`init takes nothing, or 'plugin KIND NAME'; not '${words.join(' ')}'`);
  }
  const plugin = what === undefined ? null : readPlugin(kind, name, flags);
  try {
    stdout.write(said(plugin ? writePlugin(cwd, plugin) : writeConfig(cwd)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new UsageError(`nothing can be written in ${cwd}: ${(error as Error).message}`);
  }
  return 0;
}

interface Written {
  readonly files: readonly string[];
  readonly next: readonly string[];
}

const said = ({files, next}: Written): string => `${[...files.map(file => `wrote ${file}`), ...next].join('\n')}\n`;

const schemaPath = (cwd: string): string => {
  const path = relative(cwd, join(packageFolder, 'src/report/benchrc.schema.json'));
  return path.startsWith('.') ? path : `./${path}`;
};

const json = (fields: object): string => `${JSON.stringify(fields, null, 2)}\n`;

function writeConfig(cwd: string): Written {
  const file = join(cwd, CONFIG);
  if (existsSync(file)) throw new UsageError(`${file} is there already; it is left as it is`);
  const {workloads, techniques, hosts} = JSON.parse(readFileSync(join(packageFolder, CONFIG), 'utf8')) as Record<string, unknown>;
  writeFileSync(file, json({$schema: schemaPath(cwd), workloads, techniques, hosts, clock: 'cycles', samples: 0, formats: ['json', 'md', 'html']}));
  return {files: [CONFIG], next: ["'worldswitch run' runs its matrix; every field may go, the defaults take its place"]};
}

interface Plugin {
  readonly kind: PluginKind;
  readonly name: string;
  /** Folder of the built-in strategy it is a copy of. */
  readonly source: string;
}

function readPlugin(written: string | undefined, name: string | undefined, {from}: InitFlags): Plugin {
  const kind = PLUGIN_KINDS.find(each => each === written);
  if (!kind) throw new UsageError(`'${written ?? ''}' is no kind of plugin; it must be one of ${listed(PLUGIN_KINDS)}, as in 'init plugin memory my-shadow'`);
  if (name === undefined || !/^[a-z][a-z\d]*(?:-[a-z\d]+)*$/.test(name)) {
    throw new UsageError(`a plugin's name is a word in kebab-case, such as my-${SMALLEST[kind]}; not '${name ?? ''}'`);
  }
  const folder = join(packageFolder, 'plugins', kind);
  if (!existsSync(folder)) throw new UsageError(`the sources of the built-in strategies are not here (${folder}), so there is nothing to start from`);
  const known = readdirSync(folder).toSorted();
  const likely = known.filter(each => name.includes(each)).toSorted((a, b) => b.length - a.length)[0] ?? SMALLEST[kind];
  const source = from ?? likely;
  if (!known.includes(source)) throw new UsageError(`there is no built-in ${kind} strategy '${source}' to start from; known: ${listed(known)}`);
  if (known.includes(name)) throw new UsageError(`'${name}' is the name of a built-in ${kind} strategy; choose another`);
  return {kind, name, source: join(folder, source)};
}

function writePlugin(cwd: string, {kind, name, source}: Plugin): Written {
  const folder = join(cwd, name);
  if (existsSync(folder)) throw new UsageError(`${folder} is there already; it is left as it is`);
  const sources = readdirSync(source).filter(file => file.endsWith('.ts') && !/\.test\.ts$|^testing/.test(file));
  const files: (readonly [string, string])[] = sources.map(file => [file, readFileSync(join(source, file), 'utf8')]);
  const about = {kind, name, from: basename(source), launcher: join(packageFolder, 'bin/worldswitch.js')};
  mkdirSync(folder);
  const more = [['README.md', pluginReadme(about)], [`${name}.test.mjs`, pluginTest(about)]] as const;
  for (const [file, text] of [...files, ...more]) writeFileSync(join(folder, file), text);
  const techniques = techniquesOf(kind, about.from, name);
  const entry = [`./${name}`, {name}];
  const config = {$schema: schemaPath(cwd), plugins: [entry], workloads: ['syscall', 'pgfault', 'ptemod', 'forkwait'],
    techniques: ['native', ...techniques], hosts: ['nehalem-2009'], samples: 0};
  const written = [`${name}/ (a copy of ${kind}/${about.from}), ${name}/README.md, ${name}/${name}.test.mjs`];
  const test = `node --test ${name}/${name}.test.mjs   holds it to bare metal`;
  if (existsSync(join(cwd, CONFIG))) {
    const toAdd = [`add to "plugins" in ${CONFIG}: ${JSON.stringify(entry)}`, `and to "techniques": ${JSON.stringify(techniques[1])}`];
    return {files: written, next: [...toAdd, test]};
  }
  writeFileSync(join(cwd, CONFIG), json(config));
  return {files: [...written, CONFIG], next: ['worldswitch run --plain   shows it beside the original', test]};
}
