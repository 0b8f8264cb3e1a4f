// The loaded strategies by kind and name. Loading is in plugins.ts, what a definition must look like in definition.ts.
import {PLUGIN_KINDS} from '../vmm/plugin.ts';
import type {PluginDefinition, PluginKind} from '../vmm/plugin.ts';
import type {OptionValue} from '../vmm/options.ts';
import {UsageError} from './usage-error.ts';

export type Options = Readonly<Record<string, OptionValue>>;

export interface LoadedPlugin {
  readonly kind: PluginKind;
  /** The name in techniques: the definition's own, or the one its configuration entry gives. */
  readonly name: string;
  readonly definition: PluginDefinition;
  /** Absolute path of the module. */
  readonly file: string;
  readonly builtIn: boolean;
  /** Every option with its default: the configuration entry's where it gives any, else the schema's. */
  readonly defaults: Options;
}

export class Registry {
  readonly #byKind = new Map<PluginKind, Map<string, LoadedPlugin>>(PLUGIN_KINDS.map(kind => [kind, new Map()]));

  constructor(plugins: Iterable<LoadedPlugin> = []) {
    for (const plugin of plugins) this.#add(plugin);
  }

  #add(plugin: LoadedPlugin): void {
    const names = this.#names(plugin.kind);
    const first = names.get(plugin.name);
    if (first) {
      throw new UsageError(
        `two ${plugin.kind} strategies are called '${plugin.name}': ${first.file} and ${plugin.file}; rename one in "plugins" with ["...", {"name": "other-name"}]`,
      );
    }
    names.set(plugin.name, plugin);
  }

  #names(kind: PluginKind): Map<string, LoadedPlugin> {
    return this.#byKind.get(kind) as Map<string, LoadedPlugin>;
  }

  get(kind: PluginKind, name: string): LoadedPlugin | undefined {
    return this.#names(kind).get(name);
  }

  /** In order of loading: built-ins by name, then the configuration's entries. */
  list(kind: PluginKind): readonly LoadedPlugin[] {
    return [...this.#names(kind).values()];
  }

  all(): readonly LoadedPlugin[] {
    return PLUGIN_KINDS.flatMap(kind => this.list(kind));
  }
}
