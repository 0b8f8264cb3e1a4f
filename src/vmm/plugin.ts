// What every strategy plugin declares of itself: identity, needs, options. What a strategy does when it runs is in
// strategy.ts.
import type {FeatureName} from '../host/profile.ts';
import type {OptionsSchema, OptionValue} from './options.ts';

/** The plugin interface spoken here. Additions keep the number. */
export const API_VERSION = 1;

export const PLUGIN_KINDS = ['cpu', 'memory', 'io', 'architecture'] as const;
export type PluginKind = (typeof PLUGIN_KINDS)[number];

/** What must hold for a technique with this strategy to make sense; the lab refuses the cell with a sentence otherwise. */
export interface Needs {
  /** Host features that must be present. */
  readonly features?: readonly FeatureName[];
  /** Names of strategies of the other kinds this one works with; absent = any. `none` means that kind must be absent. */
  readonly cpu?: readonly string[];
  readonly memory?: readonly string[];
  readonly io?: readonly string[];
  readonly architecture?: readonly string[];
  /** The guest this strategy runs. Default `unmodified`. */
  readonly guest?: 'unmodified' | 'paravirtual';
}

/** The part of a plugin definition that all kinds share. `create` is typed per kind in strategy.ts. */
/** The strategies of a technique by kind, with their options. */
export type Partners = Readonly<Partial<Record<PluginKind, {readonly name: string; readonly options: Readonly<Record<string, OptionValue>>}>>>;

export interface PluginDefinition<Kind extends PluginKind = PluginKind, Context = never, Strategy = unknown> {
  readonly apiVersion: number;
  readonly kind: Kind;
  /** kebab-case, unique among the plugins of its kind. */
  readonly name: string;
  /** The common words for it: "shadow page tables". */
  readonly title: string;
  readonly needs?: Needs;
  /** Hardware the strategy assumes that no processor has; its cells say so. */
  readonly hypothetical?: string;
  readonly options?: OptionsSchema<never> | OptionsSchema;
  /** Options that make no sense with the strategies beside this one: the reason, as a sentence without its subject, or null. */
  readonly refuses?: (options: Readonly<Record<string, OptionValue>>, partners: Partners) => string | null;
  /** Called for each cell; everything a strategy may touch is reached through `context`. No module state. */
  create(context: Context, options: Readonly<Record<string, OptionValue>>): Strategy;
}
