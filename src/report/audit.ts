// The audit of sensitive unprivileged instructions as rows and as sentences: what the guest's kernel executed outside its ring.
import type {CellResult, SensitiveInstruction} from '../lab/result.ts';
import {formatCount} from './format.ts';

export const AUDIT_TITLE = 'Sensitive instructions in the guest\'s kernel';
export const AUDIT_HEAD = ['instruction', 'executed', 'trapped', 'differing', 'first different'] as const;

const place = ({first}: SensitiveInstruction): string =>
  first === null ? '' : `instruction ${formatCount(first.instruction)}, eip 0x${first.eip.toString(16)}: ${first.disassembly}`;

/** In the order of the audit; none where the technique leaves the guest's kernel in its ring. */
export const auditRows = ({audit = []}: CellResult): string[][] =>
  audit.map(use => [use.instruction, formatCount(use.executed), formatCount(use.trapped), formatCount(use.differing), place(use)]);

/** What ran silently and differed, in one line; null when nothing did. */
export function auditSentence({audit = []}: CellResult): string | null {
  const differing = audit.filter(use => use.differing > 0);
  if (differing.length === 0) return null;
  const counts = differing.map(({instruction, differing: times, executed}) => `${instruction} ${formatCount(times)} of ${formatCount(executed)}`).join(', ');
  const [first] = differing.toSorted((a, b) => (a.first?.instruction ?? Infinity) - (b.first?.instruction ?? Infinity));
  return `ran silently and differed: ${counts}; first ${place(first)}`;
}
