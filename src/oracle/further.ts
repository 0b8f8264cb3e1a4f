// The cases of the processor oracle that are committed group by group: the model against the digest of each group.
import {readAnswers, type Json} from './answers.ts';
import {GROUPS, type Group} from './groups.ts';
import {Model} from './model.ts';
import {furtherCasesOf, furtherDigest, nativeRecorder, unpackDigests} from './native.ts';

/** Keys of the groups in which at least one of the further cases differs. */
export function differingGroups(groups: readonly Group[]): string[] {
  const committed: {readonly [key: string]: Json} = readAnswers(nativeRecorder.fixture)?.answers ?? {};
  const expected = unpackDigests(typeof committed.further === 'string' ? committed.further : '');
  const model = new Model();
  return groups.filter(group => furtherDigest(furtherCasesOf(group), each => model.run(each)) !== expected[GROUPS.indexOf(group)]).map(({key}) => key);
}
