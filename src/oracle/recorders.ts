// Every oracle that answers from outside this program, in the order `npm run oracle` asks them.
import type {Recorder} from './answers.ts';
import {nativeRecorder} from './native.ts';

export const RECORDERS: readonly Recorder[] = [nativeRecorder];
