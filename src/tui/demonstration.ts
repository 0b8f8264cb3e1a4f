// The live view over a prepared run, for the pseudo-terminal tests and for looking at it: `node demonstration.js [ms a cell]
// [fail]`. Not part of the program.
import {join} from 'node:path';
import {lineWidth} from '../report/terminal.ts';
import {closingText} from '../report/plain.ts';
import {ReportError} from '../report/report-error.ts';
import {TestingLive} from '../report/testing-live.ts';

process.env.NODE_ENV ??= 'production';
const {showRun} = await import('./show.tsx');
const [pace = '60', failing] = process.argv.slice(2);
const run = new TestingLive();
const timer = setInterval(() => run.advance(), Number(pace));
const reports = [join('reports', 'latest.json'), join('reports', 'latest.md')];
const reportsWritten = run.done.then(() => {
  if (failing === 'fail') throw new ReportError('Cannot write the report reports/latest.json: the disk is full; make room.');
  return reports;
});
const left = await showRun(run, {reportsWritten, exportReports: () => Promise.resolve(reports)});
clearInterval(timer);
process.stdout.write(closingText(await run.done, reports, {width: lineWidth(process.stdout), colour: false}));
process.stdout.write(`left: ${left}\n`);
process.exitCode = left === 'interrupted' ? 130 : 0;
