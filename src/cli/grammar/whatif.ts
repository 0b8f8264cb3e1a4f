// Grammar and help of `worldswitch recost` and `worldswitch sensitivity`.
import type {Command} from 'commander';
import {repeated} from './repeated.ts';

const RECOST_HELP = `
Counts stay, prices change: exact where the guest never looked at time, an estimate (~) where it did. A value is in whole cycles,
or so many times what the cost was. The result is a report like any other: --out writes it, compare and report read it.

Examples:
  worldswitch recost reports/latest.json --cost vm_exit=x0.5 --cost vm_entry=x0.5
  worldswitch recost reports/latest.json --cost vm_exit=200 --out cheaper --format json,html
  worldswitch recost reports/latest.json --prices skylake-2016       every price of another host's profile`;

const SENSITIVITY_HELP = `
Every cost in turn is taken to be wrong by the factor, down and up. What would change who is fastest is told first; then each
cost by how far it moves the mean slowdown.

Examples:
  worldswitch sensitivity reports/latest.json
  worldswitch sensitivity reports/latest.json --factor 1.2 --host nehalem-2009
  worldswitch sensitivity reports/latest.json --json | jq '.costs[0]'`;

export const recostGrammar = (program: Command): Command => program.command('recost')
  .description('price a stored report anew, without running it')
  .argument('<report>', 'a JSON report')
  .option('--cost <name=value>', 'another price: NAME=CYCLES or NAME=xFACTOR (repeat for several)', repeated)
  .option('--prices <host>', "all prices of this host's profile")
  .option('--out <folder>', 'write the recosted report there')
  .option('--format <formats>', 'its formats, separated by commas (default: json,md)', repeated)
  .option('--json', 'print the recosted report as JSON')
  .addHelpText('after', RECOST_HELP);

export const sensitivityGrammar = (program: Command): Command => program.command('sensitivity')
  .description('which conclusions of a report flip when a cost is wrong')
  .argument('<report>', 'a JSON report')
  .option('--factor <n>', 'how far off a cost may be (default: 2)')
  .option('--host <host>', 'cells on this host only')
  .option('--json', 'print one JSON document')
  .addHelpText('after', SENSITIVITY_HELP);
