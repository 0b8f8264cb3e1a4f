// Equivalence as JUnit XML, which every CI shows: a suite for each host, a case for each cell. A claim that is broken is a
// failure, a cell that ended otherwise than it should an error, what was refused or claims nothing is skipped with its reason.
import type {RunResult} from '../../lab/result.ts';
import {failure} from '../figures.ts';
import {buildMatrix, runEntries, type HostTable, type MatrixCell} from '../matrix.ts';
import {printable} from '../printable.ts';

/** Text for an attribute or an element; what XML 1.0 cannot hold is shown as an escape. */
export const escapeXml = (text: string): string =>
  printable(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&apos;');

interface Judged {
  readonly kind: 'failure' | 'error' | 'skipped';
  readonly message: string;
}

function judge({result, native, technique}: MatrixCell): Judged | null {
  if (result === null) return {kind: 'skipped', message: 'not run'};
  if (result.outcome === 'refused') return {kind: 'skipped', message: `refused: ${result.reason ?? 'no reason given'}`};
  const failed = failure(result, native);
  const reason = result.reason === undefined ? '' : `: ${result.reason}`;
  if (result.outcome === 'error') return {kind: 'error', message: `error${reason}`};
  if (result.equivalence.verdict === 'equivalent') return failed === null ? null : {kind: 'error', message: `${failed}${reason}`};
  const kind = result.claimsEquivalence && result.equivalence.verdict === 'not-equivalent' ? 'failure' : failed !== null && result.claimsEquivalence
    ? 'error' : 'skipped';
  const claim = result.claimsEquivalence || technique === 'native' ? '' : ' (equivalence is not claimed)';
  return {kind, message: `${result.equivalence.verdict}${claim}: ${result.equivalence.detail}`};
}

function caseLines(cell: MatrixCell, judged: Judged | null): string {
  const name = `    <testcase classname="${escapeXml(`${cell.host}.${cell.rowKey}`)}" name="${escapeXml(cell.technique)}" time="${((cell.result?.measured?.meanMs ?? 0) / 1000).toFixed(6)}"`;
  return judged === null ? `${name}/>` : `${name}>\n      <${judged.kind} message="${escapeXml(judged.message)}"/>\n    </testcase>`;
}

function suite({host, rows}: HostTable): string {
  const cases = rows.flatMap(row => row.cells).flatMap(cell => (cell === null ? [] : [{cell, judged: judge(cell)}]));
  const count = (kind: Judged['kind']): number => cases.filter(({judged}) => judged?.kind === kind).length;
  return [
    `  <testsuite name="${escapeXml(host)}" tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}">`,
    ...cases.map(({cell, judged}) => caseLines(cell, judged)), '  </testsuite>',
  ].join('\n');
}

export const formatJunit = (run: RunResult): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="worldswitch equivalence">\n${buildMatrix(runEntries(run)).hosts.map(suite).join('\n')}\n</testsuites>\n`;
