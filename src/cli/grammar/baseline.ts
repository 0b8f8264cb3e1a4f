// Grammar and help of `worldswitch baseline`.
import type {Command} from 'commander';

const HELP = `
A baseline holds counts alone (switches, events, instructions, verdicts), no cycles and no times, under the instruction clock:
it stays the same when a price changes and on every computer, so a change of it is a change of a mechanism.

Examples:
  worldswitch baseline                write reports/baseline/default.json for the configuration's matrix
  worldswitch baseline --check        compare with the file; exit 3 where any count differs
  worldswitch compare reports/baseline/default.json      the same cells, as a comparison

Exit codes:
  0    written, or equal
  1    a cell failed
  2    usage, or no such baseline
  3    counts differ from the baseline
  4    a technique that claims equivalence is not equivalent
  130  interrupted; nothing is written`;

export const baselineGrammar = (program: Command): Command => program.command('baseline')
  .description('write golden counts of the matrix, or check them')
  .argument('[name]', 'name of the file', 'default')
  .option('--check', 'compare with the file instead of writing it')
  .option('--jobs <n>', 'worker threads (default: one for each processor)')
  .option('--config <file>', 'this configuration file instead of the one found by searching')
  .addHelpText('after', HELP);
