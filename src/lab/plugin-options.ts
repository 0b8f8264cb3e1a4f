// Options of a strategy, read through its own schema: what the user wrote becomes values, defaults fill the rest.
import type {OptionValue, SchemaResult} from '../vmm/options.ts';
import type {PluginDefinition} from '../vmm/plugin.ts';
import type {Options} from './registry.ts';
import {UsageError} from './usage-error.ts';

export type WrittenOptions = Readonly<Record<string, unknown>>;

/**
 * Every option of `definition`, in order of name.
 * @throws UsageError one sentence beginning with `where`
 */
export function readOptions(definition: PluginDefinition, written: WrittenOptions, where: string): Options {
  if (!definition.options) return none(definition, written, where);
  const first = validated(definition.options, written, where);
  // Why a second try: a schema that a plugin brings (valibot, zod) expects booleans and numbers where brackets hold words.
  const result = first.issues ? validated(definition.options, typed(written), where) : first;
  if (first.issues && result.issues) throw new UsageError(`${where}: ${first.issues.map(issue => issue.message).join('; ')}`);
  return inOrder((result as {value: unknown}).value, where);
}

function none(definition: PluginDefinition, written: WrittenOptions, where: string): Options {
  const [name] = Object.keys(written);
  if (name !== undefined) throw new UsageError(`${where}: unknown option '${name}'; '${definition.name}' takes no options`);
  return {};
}

function validated(schema: NonNullable<PluginDefinition['options']>, written: WrittenOptions, where: string): SchemaResult<unknown> {
  const result = schema['~standard'].validate(written);
  if (result instanceof Promise) {
    result.catch(() => {});
    throw new UsageError(`${where}: the options schema validates asynchronously; it must be synchronous`);
  }
  return result;
}

function typed(written: WrittenOptions): WrittenOptions {
  return Object.fromEntries(Object.entries(written).map(([name, value]) => [name, typeof value === 'string' ? typedWord(value) : value]));
}

function typedWord(word: string): OptionValue {
  if (word === 'on') return true;
  if (word === 'off') return false;
  return /^-?\d+$/.test(word) ? Number(word) : word;
}

function inOrder(value: unknown, where: string): Options {
  const entries = Object.entries((value ?? {}) as Record<string, unknown>).toSorted(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, option] of entries) {
    if (!['string', 'number', 'boolean'].includes(typeof option)) {
      throw new UsageError(`${where}: option '${name}' must be a string, a number or a boolean`);
    }
  }
  return Object.fromEntries(entries) as Options;
}

/** `[a=1,b=on]` with what equals the default dropped, or nothing. */
export function writeOptions(values: Options, defaults: Options): string {
  const words = Object.keys(values).toSorted()
    .filter(name => values[name] !== defaults[name])
    .map(name => `${name}=${spelled(values[name])}`);
  return words.length > 0 ? `[${words.join(',')}]` : '';
}

function spelled(value: OptionValue): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value);
}
