// What a recorder hands over and how it is kept: a committed file with where the answers came from, and the answers.
// Another machine may record with another compiler or processor; only a difference in the answers is a difference.
import {existsSync, readFileSync} from 'node:fs';
import {findPackageJSON} from 'node:module';
import {dirname, join} from 'node:path';

export type Json = string | number | boolean | null | readonly Json[] | {readonly [key: string]: Json};

export interface Answers {
  /** Tool versions, processor, host: shown when they differ, never compared. */
  readonly provenance: {readonly [key: string]: string};
  /** What was asked (seed, hash of the program or image) and what came back: compared exactly. */
  readonly answers: {readonly [key: string]: Json};
}

export interface Recorder {
  readonly name: string;
  /** Programs it needs on PATH. */
  readonly needs: readonly string[];
  /** The committed file, relative to the package. */
  readonly fixture: string;
  /** Printed when it is asked: what is left out or not compared. */
  readonly notes?: readonly string[];
  record(): Promise<Answers>;
}

const packageFile = findPackageJSON(import.meta.url);

/** Absolute path of a file of the package. */
export const packagePath = (file: string): string => join(packageFile ? dirname(packageFile) : process.cwd(), file);

/** The committed answers, or null when nothing has been recorded yet. */
export function readAnswers(file: string): Answers | null {
  const path = packagePath(file);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Answers) : null;
}

/** One line for each place where two answers differ, in the order of the committed file. */
export function differences(committed: Json | undefined, recorded: Json | undefined, at = ''): string[] {
  if (isTree(committed) && isTree(recorded)) {
    const keys = new Set([...Object.keys(committed), ...Object.keys(recorded)]);
    return [...keys].flatMap(key => differences(committed[key], recorded[key], at === '' ? key : `${at} > ${key}`));
  }
  const [before, after] = [JSON.stringify(committed), JSON.stringify(recorded)];
  return before === after ? [] : [`${at}: committed ${excerpt(before, after)}, recorded ${excerpt(after, before)}`];
}

const isTree = (value: Json | undefined): value is {readonly [key: string]: Json} => typeof value === 'object' && value !== null && !Array.isArray(value);

const EXCERPT = 60;

/** The part of a text around its first difference from another. */
function excerpt(text: string | undefined, other: string | undefined): string {
  if (text === undefined) return 'nothing';
  let at = 0;
  while (at < text.length && text[at] === other?.[at]) at++;
  const from = Math.max(0, at - EXCERPT / 3);
  return (from > 0 ? '...' : '') + text.slice(from, from + EXCERPT) + (from + EXCERPT < text.length ? '...' : '');
}
