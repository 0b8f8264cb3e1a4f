// Writes a run's reports so that a reader finds either the former file or the new one, whole: temporary files beside the
// targets, fsync, then rename. Nothing else in the folder is touched.
// Why: write-file-atomic does not notice a short write on a full disk and would rename the torn file into place.
import {existsSync} from 'node:fs';
import {access, constants, mkdir, open, rename, rm, stat} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import type {RunResult} from '../lab/result.ts';
import {DEFAULT_FORMATS, fileOf, writeFormat, type ReportFormat} from './formats.ts';
import {ReportError} from './report-error.ts';

const CAUSES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; make room',
  EFBIG: 'the file would be larger than this process may write; raise the limit',
  EDQUOT: 'the quota is used up; make room',
  EACCES: 'permission is denied; choose another folder with --out',
  EPERM: 'permission is denied; choose another folder with --out',
  EROFS: 'the file system is read-only; choose another folder with --out',
  ENOENT: 'nothing can be made there; choose another folder with --out',
  ENOTDIR: 'a part of the path is a file; choose another folder with --out',
  EEXIST: 'a file of that name is in the way; choose another folder with --out',
  EISDIR: 'a folder of that name is in the way; move it or choose another folder with --out',
  ENOTEMPTY: 'a folder of that name is in the way; move it or choose another folder with --out',
  ENAMETOOLONG: 'the path is too long; choose another folder with --out',
};

/** What kept a file from being written, as a sentence. `what`: `the report`, `the trace`. */
export function cannotWrite(what: string, path: string, error: unknown): ReportError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return new ReportError(`Cannot write ${what} ${path}: ${CAUSES[code] ?? (error as Error).message}.`, {cause: error});
}

const guarded = async (path: string, work: () => Promise<unknown>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    throw cannotWrite('the report', path, error);
  }
};

/** Why not `recursive`: Node's own never returns where the parent is there and takes no folder, as /proc. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return;
    if (code !== 'ENOENT' || existsSync(dirname(folder))) throw error;
    await makeFolder(dirname(folder));
    await makeFolder(folder);
  }
}

/**
 * Makes the folder if absent and sees whether it takes files, so that a run need not be made in vain.
 * @throws {ReportError} one sentence
 */
export const prepareFolder = (folder: string): Promise<void> => guarded(folder, async () => {
  await makeFolder(folder);
  await access(folder, constants.W_OK);
});

async function writeWhole(path: string, text: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the renames last through a power cut; where a folder cannot be synchronised, the system does without. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

/**
 * Replaces each format's file in `folder`, which is made if absent, and returns the paths written.
 * @throws {ReportError} one sentence; then no target has been replaced by a torn file and no temporary file is left.
 */
export const writeReports = (folder: string, run: RunResult, formats: readonly ReportFormat[] = DEFAULT_FORMATS): Promise<string[]> =>
  replaceFiles(folder, formats.map((format) => ({name: fileOf(format), text: writeFormat(format, run)})));

/** Replaces files of a folder, each whole or not at all. @throws {ReportError} as `writeReports` */
export async function replaceFiles(folder: string, texts: ReadonlyArray<{readonly name: string; readonly text: string}>): Promise<string[]> {
  const files = texts.map(({name, text}) => ({target: join(folder, name), temporary: join(folder, `.${name}.${process.pid}.tmp`), text}));
  await guarded(folder, () => makeFolder(folder));
  try {
    for (const {target, temporary, text} of files) await guarded(target, () => writeWhole(temporary, text));
    for (const {target, temporary} of files) await guarded(target, () => rename(temporary, target));
    await syncFolder(folder);
  } finally {
    for (const {temporary} of files) await rm(temporary, {force: true}).catch(() => {});
  }
  return files.map(({target}) => target);
}
