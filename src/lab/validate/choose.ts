// Which claims are meant: numbers, ranges of numbers, kinds; none named means all.
import {listed, UsageError} from '../usage-error.ts';
import {CLAIM_KINDS} from './claim.ts';
import type {Claim} from './claim.ts';

const RANGE = /^(\d+)-(\d+)$/;

/**
 * Claims in the list's order, each once.
 * @param words numbers (`16`, `28b`), ranges (`1-8`), kinds (`C`)
 * @throws UsageError for a word that names none
 */
export function chooseClaims(words: readonly string[], claims: readonly Claim[]): readonly Claim[] {
  if (words.length === 0) return claims;
  const chosen = words.map(word => namedBy(word, claims));
  return claims.filter(claim => chosen.some(each => each.includes(claim)));
}

function namedBy(word: string, claims: readonly Claim[]): readonly Claim[] {
  const range = RANGE.exec(word);
  const named = claims.filter(({number, kind}) => number === word || kind === word.toUpperCase() || (range !== null && inRange(number, range)));
  if (named.length > 0) return named;
  throw new UsageError(`there is no claim '${word}'; give numbers (${claims[0].number} to ${claims.at(-1)?.number}), ranges such as 1-8, or kinds: ${listed(CLAIM_KINDS)}`);
}

function inRange(number: string, [, first, last]: RegExpExecArray): boolean {
  const value = Number.parseInt(number, 10);
  return value >= Number(first) && value <= Number(last);
}
