// The published JSON Schemas beside this source: of the report, and of the configuration for editors.
// `npm run schemas` writes them anew.
import {join} from 'node:path';
import {ConfigSchema} from '../lab/config-fields.ts';
import {schemaFile} from '../lab/json-schema.ts';
import {packageFolder} from '../lab/own-files.ts';
import {RunSchema} from './schema.ts';

export const SCHEMA_FILES = {
  report: {path: join(packageFolder, 'src/report/report.schema.json'), text: (): string => schemaFile('worldswitch report, version 1', RunSchema)},
  benchrc: {path: join(packageFolder, 'src/report/benchrc.schema.json'), text: (): string => schemaFile('worldswitch configuration', ConfigSchema)},
} as const;
