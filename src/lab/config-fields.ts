// The fields of a configuration file: their types, and the sentence for each way of getting one wrong.
import * as v from 'valibot';
import type {PluginEntry} from './plugins.ts';
import {UsageError, listed} from './usage-error.ts';

const names = v.array(v.string());
const natural = v.pipe(v.number(), v.integer(), v.minValue(0));
const positive = v.pipe(v.number(), v.integer(), v.minValue(1));
const entry = v.union([v.string(), v.strictTuple([v.string(), v.record(v.string(), v.unknown())])]);

const FIELDS = {
  $schema: v.optional(v.string()),
  plugins: v.optional(v.array(entry)),
  workloads: v.optional(names),
  techniques: v.optional(names),
  hosts: v.optional(names),
  clock: v.optional(v.picklist(['cycles', 'instructions'])),
  samples: v.optional(natural),
  maxInstructions: v.optional(positive),
  params: v.optional(v.record(v.string(), v.union([v.string(), v.number(), v.array(v.union([v.string(), v.number()]))]))),
  jobs: v.optional(positive),
  out: v.optional(v.string()),
  formats: v.optional(names),
};
export const ConfigSchema = v.strictObject(FIELDS);

export type ConfigFields = Omit<v.InferOutput<typeof ConfigSchema>, 'plugins'> & {readonly plugins?: readonly PluginEntry[] | undefined};

/** @throws UsageError with the file, the path of the first wrong field and what it should be */
export function checkedFields(value: unknown, file: string): ConfigFields {
  // Why: to valibot an array is an object without fields.
  const result = v.safeParse(ConfigSchema, Array.isArray(value) ? null : value, {abortEarly: true});
  if (result.success) return result.output;
  throw new UsageError(`configuration ${file}: ${sentence(result.issues[0])}`);
}

function sentence(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    return `unknown field '${path}'; known: ${listed(Object.keys(FIELDS))}`;
  }
  return path ? `field '${path}' is ${received(issue)}; it must be ${wanted(issue)}` : 'the configuration must be an object';
}

function received({input}: v.BaseIssue<unknown>): string {
  if (Array.isArray(input)) return 'an array';
  if (typeof input === 'object' && input !== null) return 'an object';
  return JSON.stringify(input) ?? typeof input;
}

function wanted(issue: v.BaseIssue<unknown>): string {
  switch (issue.type) {
    case 'strict_object': case 'record': return 'an object';
    case 'array': return 'an array';
    case 'integer': return 'a whole number';
    case 'min_value': return `${String(issue.requirement)} or more`;
    case 'union': return issue.path?.at(0)?.key === 'plugins' ? 'a string or ["entry", {options}]' : 'a string, a number or an array of them';
    case 'picklist': return (issue.expected ?? '').replaceAll(/[()"]/g, '').replaceAll(' | ', ' or ');
    default: return `a ${issue.expected}`;
  }
}
