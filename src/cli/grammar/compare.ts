// Grammar and help of `worldswitch compare`.
import type {Command} from 'commander';
import {repeated} from './repeated.ts';

const HELP = `
Exact figures (cycles, exits, switches, instructions) are the same on every computer, so any difference is real: it is shown
with what it is made of, largest first. Measured time is compared by a rank test with bootstrap interval and effect size,
corrected over all cells (Holm), and only between measurements of one computer.

Examples:
  worldswitch compare before.json after.json                    two reports, or baselines
  worldswitch compare before.json                               run its cells again now, and compare
  worldswitch compare hardware-assisted+shadow hardware-assisted+nested --report reports/latest.json
  worldswitch compare binary-translation+shadow hardware-assisted+nested --workload syscall --host nehalem-2009
  worldswitch compare before.json after.json --fail-on 'cycles>2' --fail-on 'CR_ACCESS>0' --markdown comment.md

A gate is METRIC>PERCENT: cycles, exits, switches, instructions, emulated, a category of cycles (world-switch, mmu ...), the
reason of an exit (CR_ACCESS, EPT_VIOLATION ...), or time. Without --fail-on, more cycles, exits or switches between two
reports is a regression; between two techniques nothing is. --fail-on none only looks. The Markdown text is empty when nothing
changed.

Exit codes:
  0    the same, better, or within every gate
  1    a cell failed
  2    usage, or a file that is no report; nothing has run
  3    regression: a gate did not hold
  4    a technique that claims equivalence is not equivalent
  130  interrupted`;

export const compareGrammar = (program: Command): Command => program.command('compare')
  .description('compare two reports, a report with a run made now, or two techniques')
  .argument('<A>', 'a report (.json) or a technique')
  .argument('[B]', 'a report or a technique; left out, the cells of A are run again')
  .option('--report <file>', 'take two techniques from this report instead of running them')
  .option('--fail-on <gate>', 'METRIC>PERCENT: exit 3 where a figure grew by more (repeat for several)', repeated)
  .option('--markdown <file>', "write the text of a pull request's comment; - for standard output")
  .option('--workload <workload>', 'when running techniques: these workloads (repeat for several)', repeated)
  .option('--host <host>', 'when running techniques: on these hosts (repeat for several)', repeated)
  .option('--param <name=value>', 'when running techniques: a parameter (repeat for several)', repeated)
  .option('--clock <clock>', 'when running techniques: cycles or instructions')
  .option('--samples <n>', 'when running techniques: samples of measured time')
  .option('--memory <MiB>', 'when running: memory of the guest (default: 64)')
  .option('--append <string>', "when running: added to the guest's command line", repeated)
  .option('--jobs <n>', 'worker threads (default: one for each processor)')
  .option('--config <file>', 'this configuration file instead of the one found by searching')
  .option('--out <folder>', 'when running: write the reports of the run there')
  .option('--format <formats>', 'formats of those reports, separated by commas', repeated)
  .option('--json', 'print one JSON document and nothing else')
  .addHelpText('after', HELP);
