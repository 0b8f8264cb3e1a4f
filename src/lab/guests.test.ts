// The guests of these tests are what their sources give: a source that changes without its image shows.
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {guestImage, GUESTS, GUESTS_FOLDER, RECORD, sourcesOf} from './guests/guests.ts';

const recorded = JSON.parse(readFileSync(RECORD, 'utf8')) as Record<string, {image: string; sources: Record<string, string>}>;
const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

for (const name of Object.keys(GUESTS)) {
  test(`${name} is the image recorded for its present sources`, t => {
    t.is(sha256(guestImage(name)), recorded[name].image);
    t.deepEqual(Object.fromEntries(sourcesOf(name).map(source => [source, sha256(join(GUESTS_FOLDER, source))])), recorded[name].sources);
  });
}
