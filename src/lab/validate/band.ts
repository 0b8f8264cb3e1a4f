// The range a measured figure must lie in for a claim to hold, both ends included.

export interface Band {
  readonly low: number;
  readonly high: number;
  /** As tables show it. */
  readonly text: string;
}

const figure = (value: number): string => String(Number(value.toPrecision(3)));

export const between = (low: number, high: number): Band => ({low, high, text: `${figure(low)} to ${figure(high)}`});

/** @param percent how far the figure may lie from the published one, either way */
export const around = (published: number, percent: number): Band =>
  between(published * (1 - percent / 100), published * (1 + percent / 100));

/** A count: nothing but this number will do. */
export const exactly = (count: number): Band => ({low: count, high: count, text: `exactly ${count}`});

export const atMost = (high: number): Band => ({low: -Infinity, high, text: `at most ${figure(high)}`});

export const atLeast = (low: number): Band => ({low, high: Infinity, text: `at least ${figure(low)}`});

/** Of two techniques the one above the line of the ratio takes fewer cycles. */
export const BELOW_ONE: Band = {low: -Infinity, high: 1 - Number.EPSILON, text: 'below 1'};

export const contains = ({low, high}: Band, value: number): boolean => value >= low && value <= high;
