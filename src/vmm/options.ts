// Options of a plugin as they stand in a technique's brackets or a configuration entry: named choices and whole numbers
// with defaults. The result is a Standard Schema (v1), so that a plugin may as well bring valibot's, zod's or arktype's.

/** The part of the Standard Schema interface (version 1) that the lab uses. Validation must be synchronous. */
export interface OptionsSchema<Output = Readonly<Record<string, OptionValue>>> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: {readonly input: unknown; readonly output: Output} | undefined;
  };
}
export type SchemaResult<Output> =
  | {readonly value: Output; readonly issues?: undefined}
  | {readonly issues: ReadonlyArray<{readonly message: string; readonly path?: ReadonlyArray<PropertyKey | {key: PropertyKey}> | undefined}>};

export type OptionValue = string | number | boolean;

export interface Choice<T extends OptionValue> {
  readonly default: T;
  /** Turns what the user wrote into a value, or says in a few words what is allowed. */
  readonly read: (written: unknown) => T | {readonly allowed: string};
}

/** One of the named values; the first is the default unless `fallback` names another. */
export function oneOf<const T extends string>(values: readonly [T, ...T[]], fallback: T = values[0]): Choice<T> {
  return {
    default: fallback,
    read: written => values.find(value => value === written) ?? {allowed: values.join(', ')},
  };
}

/** Any of the named values, joined by `+` in the order given here, or `none`, the default. */
export function someOf(values: readonly string[]): Choice<string> {
  return {
    default: NONE,
    read(written) {
      const names = typeof written === 'string' ? written.split('+').map(name => name.trim()) : [];
      if (names.join() === NONE) return NONE;
      if (names.length === 0 || !names.every(name => values.includes(name))) return {allowed: `none, or any of ${values.join(', ')} joined by +`};
      return values.filter(value => names.includes(value)).join('+');
    },
  };
}
const NONE = 'none';

/** The names in a value of `someOf`. */
export const namesIn = (value: OptionValue): readonly string[] => (value === NONE ? [] : String(value).split('+'));

/** A whole number within bounds, both included. */
export function wholeNumber(low: number, high: number, fallback: number): Choice<number> {
  return {
    default: fallback,
    read(written) {
      const value = typeof written === 'string' && /^\d+$/.test(written) ? Number(written) : written;
      return typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high
        ? value
        : {allowed: `a whole number from ${low} to ${high}`};
    },
  };
}

/** A power of two within bounds, both included. */
export function powerOfTwo(low: number, high: number, fallback: number): Choice<number> {
  const number = wholeNumber(low, high, fallback);
  return {
    default: fallback,
    read(written) {
      const value = number.read(written);
      return typeof value === 'number' && Number.isInteger(Math.log2(value)) ? value : {allowed: `a power of two from ${low} to ${high}`};
    },
  };
}

/** `on` or `off`, given to the plugin as a boolean. A bare option name counts as `on`. */
export function onOff(fallback: boolean): Choice<boolean> {
  const spellings = new Map<unknown, boolean>([['on', true], ['off', false], [true, true], [false, false]]);
  return {default: fallback, read: written => spellings.get(written) ?? {allowed: 'on, off'}};
}

type Values<Shape> = {readonly [Name in keyof Shape]: Shape[Name] extends Choice<infer T> ? T : never};

/** A schema for a record of options: unknown names are issues, missing ones take their default. */
export function options<Shape extends Record<string, Choice<string> | Choice<number> | Choice<boolean>>>(
  shape: Shape,
): OptionsSchema<Values<Shape>> {
  const validate = (input: unknown): SchemaResult<Values<Shape>> => {
    const given = (input ?? {}) as Record<string, unknown>;
    const issues: Array<{message: string; path: string[]}> = [];
    for (const name of Object.keys(given)) {
      if (!Object.hasOwn(shape, name)) {
        issues.push({message: `unknown option '${name}'; known: ${Object.keys(shape).join(', ') || 'none'}`, path: [name]});
      }
    }
    const value: Record<string, OptionValue> = {};
    for (const [name, choice] of Object.entries(shape)) {
      const read = Object.hasOwn(given, name) ? choice.read(given[name]) : choice.default;
      if (typeof read === 'object') issues.push({message: `option '${name}' is '${String(given[name])}'; allowed: ${read.allowed}`, path: [name]});
      else value[name] = read;
    }
    return issues.length > 0 ? {issues} : {value: value as Values<Shape>};
  };
  return {'~standard': {version: 1, vendor: 'worldswitch', validate}};
}
