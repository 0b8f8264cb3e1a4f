// Random instructions in random modes never end in an error of the model's own, and never touch a byte outside the guest.
// `npm run fuzz -- --instructions 10000000` runs more of them.
import test from 'ava';
import {STOP_BUDGET, STOP_TRIPLE_FAULT} from '../../cpu/state.ts';
import {huntInstructions} from './hunt.ts';
import {MODES} from './mode.ts';

const SEED = 20260101, INSTRUCTIONS = 150_000;

test(`${INSTRUCTIONS} random instructions: no internal error, in every mode`, t => {
  const {findings, coverage: {byMode, instructions, stops}} = huntInstructions(SEED, INSTRUCTIONS);
  t.deepEqual(findings, []);
  t.true(instructions >= INSTRUCTIONS);
  for (const mode of MODES) t.true(byMode[mode] > INSTRUCTIONS / 20, `${mode}: ${byMode[mode]}`);
  t.true(stops[STOP_BUDGET] > 0 && stops[STOP_TRIPLE_FAULT] > 0, JSON.stringify(stops));
});

test('a seed gives the same instructions again', t => {
  t.deepEqual(huntInstructions(7, 3000), huntInstructions(7, 3000));
  t.notDeepEqual(huntInstructions(7, 3000), huntInstructions(8, 3000));
});
