// Grammar and help of `worldswitch explain`.
import type {Command} from 'commander';

const HELP = `
A cell is WORKLOAD:TECHNIQUE:HOST, the parts in any order; what is left out must be clear from the report, and for the second cell
is taken from the first. A word of the reports alone (a reason, cost, category, grade) is explained too.

Examples:
  worldswitch explain ptemod:hardware-assisted+shadow:nehalem-2009
  worldswitch explain ptemod:hardware-assisted+shadow:nehalem-2009 hardware-assisted+nested
  worldswitch explain forkwait:binary-translation+shadow:nehalem-2009 pentium4-2005
  worldswitch explain 'ptemod | hardware-assisted+shadow | nehalem-2009' --report before.json
  worldswitch explain EPT_VIOLATION`;

export const explainGrammar = (program: Command): Command => program.command('explain')
  .description('say where the cycles of a cell go, or where two cells differ')
  .argument('<CELL>', 'WORKLOAD:TECHNIQUE:HOST, or a word of the reports')
  .argument('[CELL2]', 'the cell to compare with')
  .option('--report <file>', "a JSON report (default: the last run's)")
  .option('--config <file>', 'this configuration file instead of the one found by searching')
  .option('--json', 'print one JSON document')
  .addHelpText('after', HELP);
