import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import * as v from 'valibot';
import {ConfigSchema} from '../lab/config-fields.ts';
import {packageFolder} from '../lab/own-files.ts';
import {REPORT_FORMATS, writeFormat} from './formats.ts';
import {parseJson} from './json.ts';
import {SCHEMA_FILES} from './schema-files.ts';
import {RunSchema} from './schema.ts';
import {testingCells, testingRun} from './testing-run.ts';

type Json = unknown;
interface JsonSchema {
  readonly type?: string; readonly const?: Json; readonly enum?: readonly Json[]; readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>; readonly required?: readonly string[]; readonly additionalProperties?: JsonSchema | false;
  readonly items?: JsonSchema | false; readonly prefixItems?: readonly JsonSchema[]; readonly minItems?: number; readonly minimum?: number; readonly maximum?: number;
}

const TYPES: Readonly<Record<string, (value: Json) => boolean>> = {
  string: value => typeof value === 'string', number: value => typeof value === 'number', integer: value => Number.isInteger(value), boolean: value => typeof value === 'boolean',
  null: value => value === null, array: Array.isArray, object: value => typeof value === 'object' && value !== null && !Array.isArray(value),
};

/** Validation after the draft's text, as far as the published files use it: a reader that knows nothing of valibot. */
function valid(schema: JsonSchema, value: Json): boolean {
  if (schema.type !== undefined && !TYPES[schema.type](value)) return false;
  if ('const' in schema && value !== schema.const) return false;
  if (schema.enum && !schema.enum.includes(value)) return false;
  if (schema.anyOf && !schema.anyOf.some(each => valid(each, value))) return false;
  if (typeof value === 'number' && (value < (schema.minimum ?? -Infinity) || value > (schema.maximum ?? Infinity))) return false;
  if (Array.isArray(value)) return validItems(schema, value);
  return TYPES['object'](value) ? validFields(schema, value as Record<string, Json>) : true;
}

function validItems({prefixItems = [], items = {}, minItems = 0}: JsonSchema, values: readonly Json[]): boolean {
  return values.length >= minItems && values.every((value, at) => (at < prefixItems.length ? valid(prefixItems[at], value) : items !== false && valid(items, value)));
}

function validFields({properties = {}, required = [], additionalProperties = {}}: JsonSchema, record: Readonly<Record<string, Json>>): boolean {
  return required.every(name => name in record) && Object.entries(record).every(([name, value]) =>
    (Object.hasOwn(properties, name) ? valid(properties[name], value) : additionalProperties !== false && valid(additionalProperties, value)));
}

const published = (name: keyof typeof SCHEMA_FILES): JsonSchema => JSON.parse(readFileSync(SCHEMA_FILES[name].path, 'utf8')) as JsonSchema;

for (const [name, {path, text}] of Object.entries(SCHEMA_FILES)) {
  test(`${name}: the published file is what the program checks by; npm run schemas writes it`, t => t.is(readFileSync(path, 'utf8'), text()));
}

/** The document with one place changed: taken away, or replaced. */
function* mutations(document: Json): Generator {
  const replacements: readonly Json[] = ['x', -1, 0.5, null, true, [], {}];
  if (Array.isArray(document)) {
    for (const [at, item] of document.entries()) for (const changed of mutations(item)) yield document.with(at, changed);
  } else if (TYPES['object'](document)) {
    for (const [name, value] of Object.entries(document as Record<string, Json>)) {
      const {[name]: _, ...rest} = document as Record<string, Json>;
      yield rest;
      // Why: to valibot an array is an object without fields, which no writer makes of one.
      for (const replacement of replacements.filter(each => !(Array.isArray(each) && TYPES['object'](value)))) yield {...rest, [name]: replacement};
      for (const changed of mutations(value)) yield {...rest, [name]: changed};
    }
  }
}

test('published schema and reader accept and refuse the same documents', t => {
  const schema = published('report');
  const cells = testingCells(['pgfault']).slice(1, 2).map(cell => ({...cell, notes: ['a'], measured: {samples: 2, meanMs: 1, p99Ms: 1, rme: 1, samplesMs: [1, 2]}}));
  const document = JSON.parse(JSON.stringify(testingRun(cells))) as Json;
  t.true(valid(schema, document));
  let refused = 0;
  for (const changed of mutations(document)) {
    const {success} = v.safeParse(RunSchema, changed);
    if (valid(schema, changed) !== success) t.fail(`disagree on ${JSON.stringify(changed)}`);
    if (!success) refused++;
  }
  t.true(refused > 500, String(refused));
});

test('the configuration beside package.json satisfies the published schema, one with a wrong field does not', t => {
  const config = JSON.parse(readFileSync(join(packageFolder, '.benchrc.json'), 'utf8')) as Json;
  const schema = published('benchrc');
  t.true(valid(schema, config));
  const wrong: readonly Json[] = [{frobs: 1}, {workloads: 'syscall'}, {samples: -1}, {plugins: [['a']]}, {clock: 'wall'}];
  for (const each of [...wrong, config, {plugins: ['a', ['b', {x: 1}]]}]) t.is(valid(schema, each), v.safeParse(ConfigSchema, each).success, JSON.stringify(each));
});

test('a report written before samples were kept is read, and every format can be made of it', t => {
  const run = parseJson(readFileSync(join(packageFolder, 'src/report/testing/report-1-first.json'), 'utf8'), 'report-1-first.json');
  t.true(valid(published('report'), JSON.parse(JSON.stringify(run))));
  for (const format of REPORT_FORMATS) t.true(writeFormat(format, run).includes('nehalem-2009'), format);
});
