// A validation as plain text: one block for each claim, one line for each figure, wrapped where the line is too short; and as JSON.
import type {ClaimRow, ClaimVerdict, QuantityRow, QuantityVerdict, ValidationResult} from '../lab/validate/document.ts';
import {formatNumbered} from './format.ts';
import {printable, wrapWords} from './printable.ts';

const VERDICTS: Readonly<Record<ClaimVerdict, string>> = {
  holds: 'holds', 'holds-in-part': 'in part', outside: 'OUTSIDE', failed: 'FAILED', 'not-available': 'not yet',
};
const COLUMNS = ['published', 'measured', 'band', 'verdict', 'calibrated'];
const WIDTHS = [12, 8, 12, 7, 10];
const INDENT = '       ';

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
  ...row('figure', COLUMNS, width).map(line => `  #${line.slice(3)}`),
];

function claimLines({number, kind, claim, source, quantities}: ClaimRow, width: number): string[] {
  const [first, ...rest] = wrapWords(`${claim} ${source}`, width - INDENT.length);
  return [
    `${number.padStart(3)} ${kind}  ${first}`, ...rest.map(line => `${INDENT}${line}`),
    ...quantities.flatMap(each => quantityLines(each, width)), ...reasonLines(quantities, width),
  ];
}

function quantityLines({name, published, measured, band, verdict, calibrated}: QuantityRow, width: number): string[] {
  return row(name, [published, measured === null ? '-' : measuredText(measured), band?.text ?? '-', VERDICTS[verdict], calibrated ? 'yes' : 'no'], width);
}

/** Each reason once, however many figures of the claim it keeps away. */
function reasonLines(quantities: readonly QuantityRow[], width: number): string[] {
  const reasons = quantities.flatMap(({verdict, reason}) => (reason === null ? [] : [`${reasonWord(verdict)}: ${printable(reason)}`]));
  return [...new Set(reasons)].flatMap(reason => wrapWords(reason, width - INDENT.length).map(line => `${INDENT}${line}`));
}

const reasonWord = (verdict: QuantityVerdict): string => (verdict === 'failed' ? 'failed' : verdict === 'outside' ? 'outside because' : 'missing');

/** One line, or more where a text is wider than its column. */
function row(name: string, cells: readonly string[], width: number): string[] {
  const widths = [nameWidth(width), ...WIDTHS];
  const columns = [name, ...cells].map((text, at) => wrapWords(text, widths[at]));
  const height = Math.max(...columns.map(lines => lines.length));
  return Array.from({length: height}, (_, at) => INDENT + columns.map((lines, column) => (lines[at] ?? '').padEnd(widths[column])).join(' ').trimEnd());
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
