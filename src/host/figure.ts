// Words for writing a profile down: one function per grade, so that a row reads as value and source.
import type {Grade} from '../ledger/context.ts';
import type {Figure} from './profile.ts';

type Unit = Figure['unit'];

const graded = (grade: Grade) =>
  (value: number, source: string, unit: Unit = 'cycles'): Figure => ({value, unit, source, grade});

/** Read in the publication named, or in a transcription that the bibliography names. */
export const published = graded('published');

/** Plain arithmetic on figures; the source spells it as `expression = value`. */
export const derived = graded('derived');

/** From memory of the publication named; the source states the confidence that the figure is right. */
export const remembered = graded('remembered');

/** A judgement; the source says what it leans on. */
export const estimated = graded('estimated');
