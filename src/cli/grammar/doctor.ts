// Grammar and help of `worldswitch doctor`.
import type {Command} from 'commander';

const HELP = `
Examples:
  worldswitch doctor                  what is in place, and how noisy this computer is
  worldswitch doctor --aa             also measure the same cells twice, which must not differ
  worldswitch doctor --report         the same as a block to paste into a bug report

Exit codes: 0 everything works, 1 something is to be mended`;

export const doctorGrammar = (program: Command): Command => program.command('doctor')
  .description('check Node, processor, noise, configuration, plugins and tools')
  .option('--report', 'as a block for a bug report')
  .option('--aa', 'measure the same cells twice and compare (some seconds)')
  .option('--config <file>', 'this configuration file instead of the one found by searching')
  .option('--json', 'print one JSON document')
  .addHelpText('after', HELP);
