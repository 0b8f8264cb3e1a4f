// What goes wrong with reports for reasons outside the program: a full disk, a folder nobody may write to, a malformed file.

/** The message is one sentence for people: what, where, what to do. */
export class ReportError extends Error {
  override readonly name = 'ReportError';
}
