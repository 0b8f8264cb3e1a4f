// A technique's canonical name as a column heading: shortened as the command line accepts it, wrapped where it reads well.

/** Without the parts that go without saying on input: `+emulated` and `@hypervisor`. */
export const shortName = (technique: string): string =>
  technique.replace(/@hypervisor$/, '').replace(/\+emulated(?=@|$)/, '');

/** Packs `pieces` into lines of at most `width` characters; a piece that is longer is handed to `split`. */
function pack(pieces: readonly string[], width: number, split: (piece: string) => string[]): string[] {
  const lines: string[] = [];
  for (const piece of pieces) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + piece.length <= width) lines[lines.length - 1] = last + piece;
    else if (piece.length <= width) lines.push(piece);
    else lines.push(...split(piece));
  }
  return lines;
}

const slices = (width: number) => (piece: string): string[] =>
  piece.match(new RegExp(`.{1,${Math.max(1, width)}}`, 'gu')) ?? [];

/** Lines of at most `width`: broken before `+`, `@` and `[` first, after `-`, `,` and `=` where that is not enough. */
export const wrapHeading = (name: string, width: number): string[] =>
  pack(name.split(/(?=[+@[])/), width, (part) => pack(part.split(/(?<=[-,=])/), width, slices(width)));

export interface Heading {
  readonly name: string;
  readonly width: number;
}

/** Headings padded at the top to one height, so that they stand on the table. */
export function wrapHeadings(headings: readonly Heading[]): string[][] {
  const wrapped = headings.map(({name, width}) => wrapHeading(name, width));
  const height = Math.max(1, ...wrapped.map((lines) => lines.length));
  return wrapped.map((lines) => [...Array.from<string>({length: height - lines.length}).fill(''), ...lines]);
}
