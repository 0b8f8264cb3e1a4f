// `worldswitch completion`: a shell's script, and what it asks for: the words that may stand at the end of a line. Commands and flags
// come from the grammar, names of strategies, workloads and hosts from what is loaded.
import type {Command} from 'commander';
import {FEATURE_NAMES, HOSTS} from '../host/catalogue.ts';
import {loadCatalogue} from '../lab/catalogue.ts';
import {loadConfig} from '../lab/config.ts';
import {NETWORK_PEERS} from '../lab/spec.ts';
import {listed, UsageError} from '../lab/usage-error.ts';
import {PLUGIN_KINDS} from '../vmm/plugin.ts';
import {REPORT_FORMATS} from '../report/format-names.ts';
import {shortName} from '../report/heading.ts';
import {LISTINGS} from './listings.ts';
import {catalogueSource} from './run.ts';
import type {Surroundings} from './surroundings.ts';

const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# worldswitch completion for bash: eval "$(worldswitch completion bash)"
_worldswitch() {
  local line="\${COMP_LINE:0:COMP_POINT}" words current prefix
  read -ra words <<< "$line"
  [[ "$line" == *' ' ]] && words+=('')
  current="\${words[\${#words[@]}-1]}"
  prefix="\${current%"\${current##*[@:=]}"}"
  mapfile -t COMPREPLY < <(worldswitch complete -- "\${words[@]:1}" 2>/dev/null)
  COMPREPLY=("\${COMPREPLY[@]#"$prefix"}")
}
complete -o default -F _worldswitch worldswitch
`,
  zsh: `#compdef worldswitch
# worldswitch completion for zsh: eval "$(worldswitch completion zsh)"
_worldswitch() {
  local -a found
  found=("\${(@f)$(worldswitch complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$found" ]]; then compadd -Q -- "\${found[@]}"; else _files; fi
}
compdef _worldswitch worldswitch
`,
  fish: `# worldswitch completion for fish: worldswitch completion fish | source
function __worldswitch_complete
  set -l words (commandline -opc) (commandline -ct)
  worldswitch complete -- $words[2..-1] 2>/dev/null
end
complete -c worldswitch -a '(__worldswitch_complete)'
`,
};

/** @throws UsageError for another shell */
export function completionCommand(shell: string, {stdout}: Surroundings): number {
  const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
  if (script === undefined) throw new UsageError(`there is no completion for '${shell}'; known: ${listed(Object.keys(SCRIPTS))}`);
  stdout.write(script);
  return 0;
}

type Words = (surroundings: Surroundings) => Promise<readonly string[]> | readonly string[];

const catalogue = async (surroundings: Surroundings) =>
  loadCatalogue(catalogueSource(await loadConfig({cwd: surroundings.cwd, file: undefined, defaults: surroundings.defaults}), surroundings));
const workloads: Words = async surroundings => [...(await catalogue(surroundings)).workloads.keys()];
const techniques: Words = async surroundings => {
  const found = await catalogue(surroundings);
  return [...LISTINGS.techniques(found).map(({columns: [name]}) => shortName(name)), ...LISTINGS.presets(found).map(({columns: [name]}) => name)];
};
const hosts: Words = () => HOSTS.flatMap(({name}) => [name, ...FEATURE_NAMES.filter(feature => feature === 'virtualizable').map(feature => `${name}[${feature}]`)]);

/** Values of a flag, by its long name. */
const FLAG_VALUES: Readonly<Record<string, Words>> = {
  '--technique': techniques, '--host': hosts, '--prices': hosts, '--format': () => REPORT_FORMATS, '--clock': () => ['cycles', 'instructions'], '--net': () => NETWORK_PEERS, '--workload': workloads,
};
/** What stands without a flag, by command. */
const ARGUMENTS: Readonly<Record<string, Words>> = {
  run: workloads, console: workloads, trace: workloads, compare: techniques, list: () => Object.keys(LISTINGS), completion: () => Object.keys(SCRIPTS), init: () => ['plugin', ...PLUGIN_KINDS], tables: () => ['io'],
};

async function candidates(program: Command, words: readonly string[], surroundings: Surroundings): Promise<readonly string[]> {
  const [name, ...rest] = words;
  if (rest.length === 0) return program.commands.filter(each => each.name() !== 'complete').map(each => each.name());
  const command = program.commands.find(each => each.name() === name);
  if (!command) return [];
  const before = command.options.find(({long, required}) => required && long === rest.at(-2));
  if (before) return await FLAG_VALUES[before.long ?? '']?.(surroundings) ?? [];
  if (rest.at(-1)!.startsWith('-')) return [...command.options.flatMap(({long}) => long ?? []), '--help'];
  return await ARGUMENTS[name]?.(surroundings) ?? [];
}

/** Prints what may stand for the last of `words`, one a line; what is not known is nothing, never an error. */
export async function completeCommand(program: Command, words: readonly string[], surroundings: Surroundings): Promise<number> {
  const last = words.at(-1) ?? '';
  const found = await candidates(program, words, surroundings);
  surroundings.stdout.write(found.filter(word => word.startsWith(last)).map(word => `${word}\n`).join(''));
  return 0;
}
