// Someone at the keyboard: types a text, key after key, at fixed times of the guest's clock.
import {typing} from './bios/scan-codes.ts';
import {toSet2} from '../devices/scan-code-translation.ts';
import type {Platform} from './platform.ts';

/** When the first key goes down, and how long until the next, in seconds. */
const FIRST = 1, BETWEEN = 0.1;

export function typeOn({clock, devices: {keyboard}}: Platform, text: string): void {
  Array.from(text.replaceAll('\\n', '\n')).forEach((character, at) => {
    const codes = typing(character).flatMap(toSet2);
    clock.schedule(Math.round((FIRST + at * BETWEEN) * clock.hertz), () => keyboard.press(codes), 'timer');
  });
}
