// Grammar and help of `worldswitch init`.
import type {Command} from 'commander';

const HELP = `
Examples:
  worldswitch init                              .benchrc.json with the default matrix, to change
  worldswitch init plugin memory my-shadow      a folder my-shadow, working, with its test and a configuration that shows it
  worldswitch init plugin cpu my-cpu --from trap-and-emulate

A new plugin is a copy of the built-in strategy that its name holds, or of --from, or of the smallest of its kind. Nothing that is
there already is touched.`;

export const initGrammar = (program: Command): Command => program.command('init')
  .description('write a configuration, or a plugin with its test')
  .argument('[what...]', "nothing, or 'plugin KIND NAME'")
  .option('--from <strategy>', 'the built-in strategy a plugin begins as a copy of')
  .addHelpText('after', HELP);
