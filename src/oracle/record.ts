// `npm run oracle`: asks every oracle again and compares with the committed answers; `--write` commits the new ones,
// `--only NAME` asks one, `--model` runs every case of the processor oracle on the model, `--show ROW-GROUP CASE` prints one case of the processor oracle from both sides.
import {accessSync, constants, writeFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {parseArgs} from 'node:util';
import {differences, packagePath, readAnswers, type Answers, type Recorder} from './answers.ts';
import {differingGroups} from './further.ts';
import {GROUPS} from './groups.ts';
import {FURTHER} from './native.ts';
import {RECORDERS} from './recorders.ts';
import {showCase} from './show.ts';

const SHOWN = 20;
const say = (text: string): void => { process.stdout.write(`${text}\n`); };

const onPath = (program: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some(folder => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** Whether the committed answers are still what the oracle says. */
async function check(recorder: Recorder, write: boolean): Promise<boolean> {
  const missing = recorder.needs.filter(program => !onPath(program));
  if (missing.length > 0) {
    say(`${recorder.name}: not asked, ${missing.join(' and ')} not on PATH; install it and run again`);
    return false;
  }
  for (const note of recorder.notes ?? []) say(`${recorder.name}: ${note}`);
  const recorded = await recorder.record();
  const committed = readAnswers(recorder.fixture);
  if (write) {
    writeFileSync(packagePath(recorder.fixture), `${JSON.stringify(recorded, null, 1)}\n`);
    say(`${recorder.name}: written to ${recorder.fixture}`);
    return true;
  }
  if (committed === null) {
    say(`${recorder.name}: ${recorder.fixture} is missing; run 'npm run oracle -- --write'`);
    return false;
  }
  return report(recorder.name, committed, recorded);
}

function report(name: string, committed: Answers, recorded: Answers): boolean {
  for (const line of differences(committed.provenance, recorded.provenance)) say(`${name}: note, other provenance: ${line}`);
  const found = differences(committed.answers, recorded.answers);
  if (found.length === 0) say(`${name}: the same answers`);
  for (const line of found.slice(0, SHOWN)) say(`${name}: ${line}`);
  if (found.length > SHOWN) say(`${name}: and ${found.length - SHOWN} more differences`);
  return found.length === 0;
}

/** Every further case of the processor oracle, on the model; the test runs a share of them. */
function checkModel(): number {
  const different = differingGroups(GROUPS);
  say(`processor: ${GROUPS.length * FURTHER} further cases on the model, ${different.length} groups different`);
  for (const key of different) say(`processor: ${key}`);
  return different.length === 0 ? 0 : 1;
}

async function main(): Promise<number> {
  const {values, positionals} = parseArgs({
    options: {write: {type: 'boolean', default: false}, only: {type: 'string'}, show: {type: 'boolean', default: false}, model: {type: 'boolean', default: false}}, allowPositionals: true,
  });
  if (values.show) return showCase(positionals[0] ?? '', Number(positionals[1] ?? 0), say);
  if (values.model) return checkModel();
  const chosen = RECORDERS.filter(({name}) => values.only === undefined || name === values.only);
  if (chosen.length === 0) {
    say(`no oracle is called ${values.only}; there are ${RECORDERS.map(({name}) => name).join(', ')}`);
    return 1;
  }
  let same = true;
  for (const recorder of chosen) same = (await check(recorder, values.write)) && same;
  return same ? 0 : 1;
}

process.exitCode = await main();
