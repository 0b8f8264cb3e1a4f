// Text for HTML and SVG in which nothing from outside can become markup, and the colours of the categories. Runs in the page
// and when the report is written.

const ENTITIES: Readonly<Record<string, string>> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;'};

export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, character => ENTITIES[character]);

/** Told apart also by eyes that confuse red and green (after Okabe and Ito 2008); `var` so that print and dark may differ. */
export const CATEGORY_COLOURS: Readonly<Record<string, string>> = {
  guest: '#8f8f8f', 'ring-crossing': '#56b4e9', 'world-switch': '#d55e00', vmm: '#e69f00', mmu: '#0072b2', 'page-walk': '#009e73',
  translation: '#cc79a7', 'device-model': '#b8a800', 'back-end': '#7a5c2e', idle: '#c9c9c9',
};

/** Colours of techniques in lines; dashes tell those apart that share one. */
const LINE_COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#7a5c2e'];
const DASHES = ['', '6 3', '2 3', '8 3 2 3'];

export const lineStyle = (at: number): {readonly colour: string; readonly dash: string} =>
  ({colour: LINE_COLOURS[at % LINE_COLOURS.length], dash: DASHES[Math.floor(at / LINE_COLOURS.length) % DASHES.length]});

export const svg = (width: number, height: number, title: string, body: string): string =>
  `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeHtml(title)}"><title>${escapeHtml(title)}</title>${body}</svg>`;

/** Coordinates to one decimal. */
export const at = (value: number): string => String(Math.round(value * 10) / 10);
