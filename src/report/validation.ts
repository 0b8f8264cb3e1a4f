// A validation as plain text: one block for each claim, one line for each figure, wrapped where the line is too short; and as JSON.
import type {ClaimRow, ClaimVerdict, QuantityRow, QuantityVerdict, ValidationResult} from '../lab/validate/document.ts';
import {formatNumbered} from './format.ts';
import {printable, wrapWords} from './printable.ts';

const VERDICTS: Readonly<Record<ClaimVerdict, string>> = {
  holds: 'holds', 'holds-in-part': 'holds in part', outside: 'OUTSIDE', failed: 'FAILED', 'not-available': 'not yet',
};
const COLUMNS = ['published', 'measured', 'band', 'verdict', 'calibrated'];
const WIDTHS = [11, 9, 15, 7, 10];
const INDENT = '       ';
const REASON_INDENT = `${INDENT}  `;

/** The whole result for people. */
export function validationText(result: ValidationResult, width: number): string {
  const blocks = result.claims.flatMap(claim => ['', ...claimLines(claim, width)]);
  const lines = [...head(width), ...blocks, '', ...wrapWords(summary(result), width)];
  return `${lines.map(line => line.trimEnd()).join('\n')}\n`;
}

/** The document with two-space indentation and a newline at the end. */
export const validationJson = (result: ValidationResult): string => `${JSON.stringify(result, null, 2)}\n`;

const nameWidth = (width: number): number => width - INDENT.length - WIDTHS.reduce((sum, column) => sum + column + 1, 0);

const head = (width: number): string[] => [
  ...wrapWords('Published claims against what the model gives. Kind C: exact count, R: ratio of modelled cycles, Q: ordering. Calibrated: a cost was set from '
    + 'this very figure, so that its agreement confirms nothing.', width), '',
  row({name: ' # kind', indent: ''}, COLUMNS, width),
];

function claimLines({number, kind, claim, source, quantities}: ClaimRow, width: number): string[] {
  const [first, ...rest] = wrapWords(`${claim} ${source}`, width - INDENT.length);
  return [
    `${number.padStart(3)} ${kind}  ${first}`, ...rest.map(line => `${INDENT}${line}`),
    ...quantities.flatMap(each => quantityLines(each, width)),
  ];
}

function quantityLines(each: QuantityRow, width: number): string[] {
  const {name, published, measured, band, verdict, calibrated, reason} = each;
  const [first, ...rest] = wrapWords(name, nameWidth(width));
  const cells = [published, measured === null ? '-' : measuredText(measured), band?.text ?? '-', VERDICTS[verdict], calibrated ? 'yes' : 'no'];
  return [
    ...row({name: first, indent: INDENT}, cells, width).split('\n'), ...rest.map(line => `${INDENT}${line}`),
    ...(reason === null ? [] : wrapWords(`${reasonWord(verdict)}: ${printable(reason)}`, width - REASON_INDENT.length).map(line => `${REASON_INDENT}${line}`)),
  ];
}

const reasonWord = (verdict: QuantityVerdict): string => (verdict === 'failed' ? 'failed' : 'missing');

/** A text wider than its column takes lines of its own below. */
function row({name, indent}: {name: string; indent: string}, cells: readonly string[], width: number): string {
  const columns = cells.map((text, at) => wrapWords(text, WIDTHS[at]));
  const height = Math.max(...columns.map(lines => lines.length));
  const label = (at: number): string => (at === 0 ? indent + name : '').padEnd(nameWidth(width) + INDENT.length);
  return Array.from({length: height}, (_, at) =>
    [label(at), ...columns.map((lines, column) => (lines[at] ?? '').padEnd(WIDTHS[column]))].join(' ').trimEnd()).join('\n');
}

/** Whole numbers as they are; else three significant digits. */
export function measuredText(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

function summary({complete, claims}: ValidationResult): string {
  const count = (verdict: ClaimVerdict): number => claims.filter(claim => claim.verdict === verdict).length;
  const parts = (Object.keys(VERDICTS) as ClaimVerdict[]).filter(verdict => count(verdict) > 0).map(verdict => `${count(verdict)} ${WORDS[verdict]}`);
  const figures = claims.flatMap(({quantities}) => quantities).filter(({measured}) => measured !== null);
  const held = (calibrated: boolean): string => {
    const these = figures.filter(each => each.calibrated === calibrated);
    return `${these.filter(({verdict}) => verdict === 'holds').length} of ${these.length}`;
  };
  return `${formatNumbered(claims.length, 'claim')}: ${parts.join(', ')}. Figures within their band: ${held(false)} that no cost was set from, `
    + `${held(true)} that were calibrated on.${complete ? '' : ' Interrupted: the rest was not measured.'}`;
}

const WORDS: Readonly<Record<ClaimVerdict, string>> = {
  holds: 'hold', 'holds-in-part': 'hold as far as they can be measured', outside: 'outside the band', failed: 'failed', 'not-available': 'not available yet',
};
