// Writes the published JSON Schemas anew: `npm run schemas`.
import {writeFileSync} from 'node:fs';
import {SCHEMA_FILES} from './schema-files.ts';

for (const {path, text} of Object.values(SCHEMA_FILES)) writeFileSync(path, text());
