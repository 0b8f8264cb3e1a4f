// The views one can be in; help lies over any of them.
export const VIEWS = ['matrix', 'cell', 'compare', 'flow', 'timeline', 'what-if'] as const;
export type View = (typeof VIEWS)[number];
