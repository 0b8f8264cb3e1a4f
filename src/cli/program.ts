// The command line's grammar and help, in commander. What the commands do is in run.ts, list.ts, validate.ts and tables.ts, each loaded when it
// is asked for.
import {Command} from 'commander';
import {ownVersion} from '../lab/own-files.ts';
import {baselineGrammar} from './grammar/baseline.ts';
import {compareGrammar} from './grammar/compare.ts';
import {completeGrammar, completionGrammar} from './grammar/completion.ts';
import {consoleGrammar} from './grammar/console.ts';
import {doctorGrammar} from './grammar/doctor.ts';
import {explainGrammar} from './grammar/explain.ts';
import {followGrammar} from './grammar/follow.ts';
import {deviceOptions, kernelOptions} from './grammar/guest-options.ts';
import {initGrammar} from './grammar/init.ts';
import {repeated} from './grammar/repeated.ts';
import {reportGrammar} from './grammar/report.ts';
import {tablesGrammar} from './grammar/tables.ts';
import {traceGrammar} from './grammar/trace.ts';
import {recostGrammar, sensitivityGrammar} from './grammar/whatif.ts';
import {LIST_HELP, MAIN_HELP, RUN_HELP, VALIDATE_HELP} from './help.ts';
import type {Surroundings} from './surroundings.ts';

/** Parses `argv` and runs the command; commander's own errors are thrown as CommanderError. */
export async function runProgram(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  let status = 0;
  const program = rooted(surroundings);
  runGrammar(program).action(async (workloads, flags) => {
    status = await (await import('./run.ts')).runCommand(workloads, flags, surroundings);
  });
  listGrammar(program).action(async (kind, flags) => {
    status = await (await import('./list.ts')).listCommand(kind, flags, surroundings);
  });
  validateGrammar(program).action(async (claims, flags) => {
    status = await (await import('./validate.ts')).validateCommand(claims, flags, surroundings);
  });
  consoleGrammar(program).action(async (image, flags) => {
    status = await (await import('./console.ts')).consoleCommand(image, flags, surroundings);
  });
  followGrammar(program).action(async (image, flags) => {
    status = await (await import('./follow.ts')).followCommand(image, flags, surroundings);
  });
  tablesGrammar(program).action(async (name, flags) => {
    status = await (await import('./tables.ts')).tablesCommand(name, flags, surroundings);
  });
  compareGrammar(program).action(async (a, b, flags) => {
    status = await (await import('./compare.ts')).compareCommand(b === undefined ? [a] : [a, b], flags, surroundings);
  });
  reportGrammar(program).action(async (files, flags) => {
    status = await (await import('./report.ts')).reportCommand(files, flags, surroundings);
  });
  baselineGrammar(program).action(async (name, flags) => {
    status = await (await import('./baseline.ts')).baselineCommand(name, flags, surroundings);
  });
  explainGrammar(program).action(async (first, second, flags) => {
    status = await (await import('./explain.ts')).explainCommand(second === undefined ? [first] : [first, second], flags, surroundings);
  });
  recostGrammar(program).action(async (file, flags) => {
    status = await (await import('./whatif.ts')).recostCommand(file, flags, surroundings);
  });
  sensitivityGrammar(program).action(async (file, flags) => {
    status = await (await import('./whatif.ts')).sensitivityCommand(file, flags, surroundings);
  });
  traceGrammar(program).action(async (cell, flags) => {
    status = await (await import('./trace.ts')).traceCommand(cell, flags, surroundings);
  });
  initGrammar(program).action(async (words, flags) => {
    status = (await import('./init.ts')).initCommand(words, flags, surroundings);
  });
  doctorGrammar(program).action(async flags => {
    status = await (await import('./doctor.ts')).doctorCommand(flags, surroundings);
  });
  completionGrammar(program).action(async shell => {
    status = (await import('./completion.ts')).completionCommand(shell, surroundings);
  });
  completeGrammar(program).action(async words => {
    status = await (await import('./completion.ts')).completeCommand(program, words, surroundings);
  });
  if (argv.length === 0) program.outputHelp();
  else await program.parseAsync(argv, {from: 'user'});
  return status;
}

function rooted({stdout}: Surroundings): Command {
  return new Command('worldswitch')
    .description('A bench for virtualization techniques: real IA-32 guests, exact mode switches, sourced cycles.')
    .version(ownVersion(), '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .exitOverride()
    .configureOutput({writeOut: text => { stdout.write(text); }, writeErr: () => {}})
    .addHelpText('after', MAIN_HELP);
}

function runGrammar(program: Command): Command {
  const command = program.command('run')
    .description('run a matrix of workloads, techniques and hosts')
    .argument('[workloads...]', 'names of built-in workloads, or paths of kernels')
    .option('--technique <technique>', 'cpu+memory+io@architecture, native, or a preset (repeat for several)', repeated)
    .option('--host <host>', 'a modelled host, options in brackets (repeat for several)', repeated)
    .option('--clock <clock>', 'what guest timers follow: cycles or instructions')
    .option('--samples <n>', 'samples of measured time for each cell, 0 for none')
    .option('--max-instructions <n>', 'budget of guest instructions for each cell')
    .option('--param <name=value>', 'a parameter of the workloads that declare it (repeat for several; a name given again is swept)', repeated)
    .option('--append <string>', "added to the guest's command line (repeat to add more)", repeated)
    .option('--memory <MiB>', 'memory of the guest (default: 64)');
  return deviceOptions(kernelOptions(command))
    .option('--disk-write', 'put what the guest wrote into the disk image at the end; for one cell')
    .option('--jobs <n>', 'worker threads (default: one for each processor)')
    .option('--config <file>', 'this configuration file instead of the one found by searching')
    .option('--out <folder>', 'folder for reports (default: reports/ beside the configuration)')
    .option('--format <formats>', 'formats of reports, separated by commas, such as json,html,csv (default: json,md)', repeated)
    .option('--resume', 'go on with the interrupted run in the folder of reports: only what is missing runs')
    .option('--json', 'print the result as one JSON document and nothing else')
    .option('--plain', 'plain text even on a terminal')
    .addHelpText('after', RUN_HELP);
}

function listGrammar(program: Command): Command {
  return program.command('list')
    .description('list workloads, techniques, hosts, plugins, presets, or what of the manual the CPU covers')
    .argument('<what>', 'workloads, techniques, hosts, plugins, presets or cpu')
    .option('--config <file>', 'this configuration file instead of the one found by searching')
    .option('--json', 'print one JSON document')
    .addHelpText('after', LIST_HELP);
}

function validateGrammar(program: Command): Command {
  return program.command('validate')
    .description('measure published claims: ratios, orderings and exact counts')
    .argument('[claims...]', 'numbers of claims, ranges such as 1-8, or kinds: C, R, Q (default: all)')
    .option('--strict', 'fail also where a ratio or an ordering lies outside its band')
    .option('--jobs <n>', 'worker threads (default: one for each processor)')
    .option('--config <file>', 'this configuration file instead of the one found by searching')
    .option('--json', 'print one JSON document and nothing else')
    .addHelpText('after', VALIDATE_HELP);
}
