import test, {type ExecutionContext} from 'ava';
import {SEED} from './generate.ts';
import {compareAll, newTally, type Tally} from './iced-compare.ts';
import {modelledFeatures} from './iced-features.ts';
import {randomStrings, stringsOfRows} from './strings.ts';

const RANDOM = 1_000_000;
const CHUNK = 50_000;
const SHOWN = 5;

function report(t: ExecutionContext, tally: Tally): void {
  t.log(`${tally.strings} strings: ${tally.same} decoded alike, ${tally.neither} undefined for both`);
  const table = [...tally.missing].toSorted(([, a], [, b]) => b - a).map(([features, count]) => `${features} ${count}`);
  t.log(`undefined here, and iced needs: ${table.join(', ')}`);
}

test('every row decodes with every ModRM byte as iced-x86 decodes it', t => {
  const tally = newTally();
  compareAll(stringsOfRows(SEED), tally);
  report(t, tally);
  t.deepEqual(tally.differences.slice(0, SHOWN), []);
  t.true(tally.same > 50_000);
});

test('a million random strings decode as iced-x86 decodes them, or need a feature that is not modelled', t => {
  const tally = newTally();
  for (let done = 0; done < RANDOM; done += CHUNK) compareAll(randomStrings(SEED + done, CHUNK), tally);
  report(t, tally);
  t.log(`modelled: ${modelledFeatures().join(' ')}`);
  t.deepEqual(tally.differences.slice(0, SHOWN), []);
  t.is(tally.strings, RANDOM);
  t.true(tally.same >= 300_000);
});
