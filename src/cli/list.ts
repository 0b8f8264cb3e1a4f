// `worldswitch list`: what there is to choose from, as aligned text or as one JSON document. The rows of each kind are in
// listings.ts.
import {loadCatalogue} from '../lab/catalogue.ts';
import {loadConfig} from '../lab/config.ts';
import {listed, UsageError} from '../lab/usage-error.ts';
import {LISTINGS} from './listings.ts';
import type {Row} from './listings.ts';
import {catalogueSource} from './run.ts';
import type {Surroundings} from './surroundings.ts';

export interface ListFlags {
  readonly json?: boolean;
  readonly config?: string;
}

/** @throws UsageError for an unknown kind, or a configuration or plugin that is not right */
export async function listCommand(kind: string, flags: ListFlags, surroundings: Surroundings): Promise<number> {
  const listing = Object.hasOwn(LISTINGS, kind) ? LISTINGS[kind as keyof typeof LISTINGS] : undefined;
  if (!listing) throw new UsageError(`there is no list of '${kind}'; known: ${listed(Object.keys(LISTINGS))}`);
  const config = await loadConfig({cwd: surroundings.cwd, file: flags.config, defaults: surroundings.defaults});
  const rows = listing(await loadCatalogue(catalogueSource(config, surroundings)));
  surroundings.stdout.write(flags.json ? `${JSON.stringify(rows.map(row => row.document), null, 2)}\n` : aligned(rows));
  return 0;
}

function aligned(rows: readonly Row[]): string {
  const widths = (rows[0]?.columns ?? []).map((_, column) => Math.max(...rows.map(({columns}) => columns[column].length)));
  return rows.map(({columns, lines = []}) => [columns.map((text, column) => text.padEnd(widths[column])).join('  ').trimEnd(), ...lines.map(line => `    ${line}`)]
    .map(line => `${line}\n`).join('')).join('');
}
