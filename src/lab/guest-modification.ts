// What a paravirtual technique asks of its guest: the part of the guest's kernel that is another than in its native build.

/** Source files, lines that hold more than a comment, and bytes of code and initialized data. */
export interface Extent {
  readonly files: number;
  readonly lines: number;
  readonly bytes: number;
}

/** What the paravirtual build adds, and what of the native build it does without. */
export interface GuestModification {
  readonly added: Extent;
  readonly replaced: Extent;
}

/** As reports say it. */
export const modificationText = ({added, replaced}: GuestModification): string =>
  `guest modification: ${extentText(added)}, in place of ${extentText(replaced)}`;

const extentText = ({files, lines, bytes}: Extent): string => `${files} files, ${lines} lines, ${bytes} bytes`;
