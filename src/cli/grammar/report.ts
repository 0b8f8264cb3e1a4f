// Grammar and help of `worldswitch report`.
import type {Command} from 'commander';
import {formatLines} from '../../report/format-names.ts';
import {repeated} from './repeated.ts';

const help = (): string => `
Formats:
${formatLines().map(line => `  ${line}`).join('\n')}

Several reports become one, each cell from the last that holds it; a parameter with several values then shows as lines.

Examples:
  worldswitch report reports/latest.json                          reports/latest.html
  worldswitch report reports/latest.json --format csv,junit --out /tmp
  worldswitch report reports/latest.json --format csv --out - | head
  worldswitch report 16.json 64.json 256.json --format html --out sweep`;

export const reportGrammar = (program: Command): Command => program.command('report')
  .description('rebuild any format from stored JSON reports')
  .argument('<reports...>', 'JSON reports')
  .option('--format <formats>', 'separated by commas (default: html)', repeated)
  .option('--out <folder>', 'where to (default: beside the first report; - for standard output)')
  .addHelpText('after', help);
