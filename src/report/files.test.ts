import {execFileSync} from 'node:child_process';
import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {prepareFolder, writeReports} from './files.ts';
import {formatJson, readReport} from './json.ts';
import {ReportError} from './report-error.ts';
import {testingCells, testingRun} from './testing-run.ts';

const run = testingRun(testingCells(['in']));
const folders: string[] = [];

const folder = async (): Promise<string> => {
  const path = await mkdtemp(join(tmpdir(), 'worldswitch-reports-'));
  folders.push(path);
  return path;
};

test.after.always(async () => {
  await Promise.all(folders.map((path) => rm(path, {recursive: true, force: true})));
});

test('reports appear whole in a folder made for them, and nothing else', async (t) => {
  const reports = join(await folder(), 'a', 'b');
  t.deepEqual(await writeReports(reports, run), [join(reports, 'latest.json'), join(reports, 'latest.md')]);
  t.deepEqual((await readdir(reports)).toSorted(), ['latest.json', 'latest.md']);
  t.deepEqual(await readReport(join(reports, 'latest.json')), run);
  t.regex(await readFile(join(reports, 'latest.md'), 'utf8'), /^# worldswitch report\n/);
});

test('a new run replaces the former reports and touches nothing else', async (t) => {
  const reports = await folder();
  await writeFile(join(reports, 'latest.json'), 'x'.repeat(1e6));
  await writeFile(join(reports, 'mine.txt'), 'mine');
  t.deepEqual(await writeReports(reports, run, ['json']), [join(reports, 'latest.json')]);
  t.is(await readFile(join(reports, 'latest.json'), 'utf8'), formatJson(run));
  t.deepEqual((await readdir(reports)).toSorted(), ['latest.json', 'mine.txt']);
});

test('a file where the folder should be is said in one sentence', async (t) => {
  const file = join(await folder(), 'file');
  await writeFile(file, '');
  await t.throwsAsync(writeReports(join(file, 'reports'), run), {
    instanceOf: ReportError, message: `Cannot write the report ${join(file, 'reports')}: a part of the path is a file; choose another folder with --out.`,
  });
});

test('a folder is prepared with those above it; one that cannot be made is said in one sentence', async (t) => {
  const reports = join(await folder(), 'a', 'b', 'c');
  await prepareFolder(reports);
  await prepareFolder(reports);
  t.deepEqual(await readdir(reports), []);
  if (process.platform !== 'linux') return;
  await t.throwsAsync(prepareFolder('/proc/reports'), {
    instanceOf: ReportError, message: 'Cannot write the report /proc/reports: nothing can be made there; choose another folder with --out.',
  });
});

test('a folder where the file should be leaves no temporary file', async (t) => {
  const reports = await folder();
  await mkdir(join(reports, 'latest.json', 'in-the-way'), {recursive: true});
  await t.throwsAsync(writeReports(reports, run), {instanceOf: ReportError, message: /latest\.json: a folder of that name is in the way/});
  t.deepEqual(await readdir(reports), ['latest.json']);
});

// A limit on the size of files cuts a write short just as a full disk does.
(process.platform === 'win32' ? test.skip : test)('a write that the system cuts short leaves the former report whole', async (t) => {
  const reports = await folder();
  await writeReports(reports, testingRun([]));
  const before = await readFile(join(reports, 'latest.json'), 'utf8');
  const script = `
    process.on('SIGXFSZ', () => {});
    const {writeReports} = await import(${JSON.stringify(new URL('files.js', import.meta.url).href)});
    const {testingRun} = await import(${JSON.stringify(new URL('testing-run.js', import.meta.url).href)});
    await writeReports(${JSON.stringify(reports)}, testingRun()).then(() => console.log('written'), (error) => console.log(error.name, error.message));`;
  const said = execFileSync('sh', ['-c', 'ulimit -f 64; exec "$0" --input-type=module -e "$1"', process.execPath, script], {encoding: 'utf8'});
  t.is(said, `ReportError Cannot write the report ${join(reports, 'latest.json')}: the file would be larger than this process may write; raise the limit.\n`);
  t.is(await readFile(join(reports, 'latest.json'), 'utf8'), before);
  t.deepEqual((await readdir(reports)).toSorted(), ['latest.json', 'latest.md']);
});
