// The second screen: one cell explained, scrolled.
import {cellLines} from './cell-lines.ts';
import type {Screen, ScreenInput} from './screen.ts';
import {scrollScreen} from './scroll-screen.ts';

export const cellScreen = (input: ScreenInput): Screen => scrollScreen(input, (cell, {width}) => cellLines(cell, width));
