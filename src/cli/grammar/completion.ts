// Grammar and help of `worldswitch completion`, and of what its scripts call.
import type {Command} from 'commander';

const HELP = `
Examples:
  eval "$(worldswitch completion bash)"            in ~/.bashrc
  eval "$(worldswitch completion zsh)"             in ~/.zshrc, behind compinit
  worldswitch completion fish | source             in ~/.config/fish/config.fish`;

export const completionGrammar = (program: Command): Command => program.command('completion')
  .description("print a shell's completion script")
  .argument('<shell>', 'bash, zsh or fish')
  .addHelpText('after', HELP);

export const completeGrammar = (program: Command): Command => program.command('complete', {hidden: true})
  .description('print what may stand at the end of a line')
  .argument('[words...]', 'the line without the program, the last word as far as it is typed');
