// Every oracle that answers from outside this program, in the order `npm run oracle` asks them.
import type {Recorder} from './answers.ts';
import {nativeRecorder} from './native.ts';
import {qemuRecorder} from './qemu/recorder.ts';

export const RECORDERS: readonly Recorder[] = [nativeRecorder, qemuRecorder];
