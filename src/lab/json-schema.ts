// A valibot schema as JSON Schema (draft 2020-12), for the schemas this project publishes. Knows the words they use and refuses
// any other, so that nothing is left out in silence.
import type * as v from 'valibot';

type Schema = Readonly<Record<string, unknown>>;
type Any = v.GenericSchema & Readonly<Record<string, unknown>>;

const ACTIONS: Readonly<Record<string, (requirement: unknown) => Schema>> = {
  integer: () => ({type: 'integer'}), safe_integer: () => ({type: 'integer', maximum: Number.MAX_SAFE_INTEGER}),
  min_value: minimum => ({minimum}), finite: () => ({}), regex: pattern => ({pattern: (pattern as RegExp).source}),
};

const isOptional = ({type}: Any): boolean => type === 'optional' || type === 'exact_optional';

function object(entries: Readonly<Record<string, Any>>, more: Schema): Schema {
  const required = Object.keys(entries).filter(name => !isOptional(entries[name]));
  return {
    type: 'object', properties: Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, jsonSchema(entry)])),
    ...(required.length > 0 ? {required} : {}), ...more,
  };
}

const KINDS: Readonly<Record<string, (schema: Any) => Schema>> = {
  string: () => ({type: 'string'}), number: () => ({type: 'number'}), boolean: () => ({type: 'boolean'}), unknown: () => ({}),
  literal: ({literal}) => ({const: literal}), picklist: ({options}) => ({enum: options}),
  nullable: ({wrapped}) => ({anyOf: [jsonSchema(wrapped as Any), {type: 'null'}]}),
  optional: ({wrapped}) => jsonSchema(wrapped as Any), exact_optional: ({wrapped}) => jsonSchema(wrapped as Any),
  union: ({options}) => ({anyOf: (options as Any[]).map(jsonSchema)}), array: ({item}) => ({type: 'array', items: jsonSchema(item as Any)}),
  record: ({value}) => ({type: 'object', additionalProperties: jsonSchema(value as Any)}),
  strict_tuple: ({items}) => ({type: 'array', prefixItems: (items as Any[]).map(jsonSchema), items: false, minItems: (items as Any[]).length}),
  loose_object: ({entries}) => object(entries as Record<string, Any>, {}),
  strict_object: ({entries}) => object(entries as Record<string, Any>, {additionalProperties: false}),
};

function known<T>(table: Readonly<Record<string, T>>, word: unknown): T {
  const found = table[String(word)];
  if (found === undefined) throw new Error(`no JSON Schema is known for the schema '${String(word)}'`);
  return found;
}

function jsonSchema(schema: Any): Schema {
  const [, ...actions] = (schema['pipe'] ?? [schema]) as Any[];
  return Object.assign({}, known(KINDS, schema.type)(schema), ...actions.map(action => known(ACTIONS, action.type)(action['requirement']))) as Schema;
}

/** The text of a schema's file. */
export const schemaFile = (title: string, schema: v.GenericSchema): string =>
  `${JSON.stringify({$schema: 'https://json-schema.org/draft/2020-12/schema', title, ...jsonSchema(schema as Any)}, null, 1)}\n`;
