// `worldswitch console`: one guest under one technique with its serial console in this terminal, live, input too.
import {loadCatalogue} from '../lab/catalogue.ts';
import {loadConfig} from '../lab/config.ts';
import type {ConsoleEnd, ConsoleStatus} from '../lab/console-guest.ts';
import {startConsole, type ConsoleSession} from '../lab/console-session.ts';
import {planCells} from '../lab/plan.ts';
import type {CellSpec} from '../lab/spec.ts';
import {UsageError} from '../lab/usage-error.ts';
import {EXIT_CODES} from '../lab/exit-codes.ts';
import {formatCount, formatDuration} from '../report/format.ts';
import {printable} from '../report/printable.ts';
import {openScreen, statusText, type ConsoleScreen} from './console-screen.ts';
import type {WrittenFlags} from './flags.ts';
import {planRequest} from './request.ts';
import {catalogueSource} from './run.ts';
import type {Surroundings} from './surroundings.ts';

/** A console is left by whoever sits at it, not by a budget. */
const NO_BUDGET = '1e15';
const DEFAULT_TECHNIQUE = 'native';
const DEFAULT_HOST = 'nehalem-2009';
const CTRL_A = 0x01, X = 0x78;

/** @throws UsageError unless exactly one cell is named */
export async function consoleCommand(image: string | undefined, flags: WrittenFlags, surroundings: Surroundings): Promise<number> {
  const config = await loadConfig({cwd: surroundings.cwd, file: flags.config, defaults: surroundings.defaults});
  const source = catalogueSource(config, surroundings);
  const spec = await specOf(image, flags, {config, surroundings, source});
  const {stdin, stdout, stderr} = surroundings;
  const screen = openScreen(stdin, stdout);
  const began = performance.now();
  const meter = new Meter(spec.technique.name, screen);
  const session = startConsole({catalogue: source, spec}, {printed: bytes => screen.show(bytes), status: status => meter.show(status), pluginOutput: stderr});
  const input = listen(stdin, session);
  const release = surroundings.signals(() => session.end());
  let end: ConsoleEnd | null;
  try {
    end = await session.ended;
  } finally {
    release();
    input.close();
    screen.close();
  }
  stderr.write(`${closing(spec, end ?? meter.last, performance.now() - began)}\n`);
  return end === null ? EXIT_CODES.interrupted : end.outcome === 'completed' ? 0 : EXIT_CODES.failed;
}

interface Setting {
  readonly config: Awaited<ReturnType<typeof loadConfig>>;
  readonly surroundings: Surroundings;
  readonly source: ReturnType<typeof catalogueSource>;
}

async function specOf(image: string | undefined, flags: WrittenFlags, {config, surroundings, source}: Setting): Promise<CellSpec> {
  const one = {technique: [DEFAULT_TECHNIQUE], host: [DEFAULT_HOST], samples: '0', maxInstructions: NO_BUDGET, ...flags};
  const workloads = image === undefined ? [] : [image];
  if (workloads.length === 0 && flags.kernel === undefined && flags.disk === undefined) throw new UsageError('no guest is named; give a workload, an image, --kernel or --disk');
  const plan = planCells(planRequest({workloads, flags: one, config, cwd: surroundings.cwd}), await loadCatalogue(source));
  if (plan.length !== 1) throw new UsageError(`a console shows one guest, but ${plan.length} cells are named; give one image, one --technique and one --host`);
  return plan[0].spec;
}

/** Rates are of the time since the last status. */
class Meter {
  readonly #technique: string;
  readonly #screen: ConsoleScreen;
  last: ConsoleStatus = {instructions: 0, exits: []};
  #at = performance.now();

  constructor(technique: string, screen: ConsoleScreen) {
    this.#technique = technique;
    this.#screen = screen;
  }

  show(status: ConsoleStatus): void {
    const now = performance.now();
    this.#screen.status(statusText(this.#technique, this.last, status, Math.max(0.001, (now - this.#at) / 1000)));
    this.last = status;
    this.#at = now;
  }
}

/** Ctrl-A is the console's own key, as in other serial consoles: x ends, a second Ctrl-A is one for the guest. */
class Keys {
  #prefixed = false;
  #ended = false;

  /** What of the bytes typed is for the guest. */
  take(bytes: Uint8Array): number[] {
    return [...bytes].filter(byte => {
      const prefixed = this.#prefixed;
      this.#prefixed = !prefixed && byte === CTRL_A;
      if (prefixed && byte === X) this.#ended = true;
      return prefixed ? byte === CTRL_A : byte !== CTRL_A;
    });
  }

  get isEnded(): boolean {
    return this.#ended;
  }
}

function listen(stdin: Surroundings['stdin'], session: ConsoleSession): {close(): void} {
  const keys = new Keys();
  const typed = (chunk: Uint8Array): void => {
    session.type(stdin.isTTY === true ? Uint8Array.from(keys.take(chunk)) : chunk);
    if (keys.isEnded) session.end();
  };
  const closed = (): void => session.close();
  stdin.on('data', typed).on('end', closed);
  return {
    close() {
      stdin.off('data', typed).off('end', closed);
      stdin.pause();
    },
  };
}

function closing({technique, host}: CellSpec, end: ConsoleEnd | ConsoleStatus, ms: number): string {
  const how = 'outcome' in end ? `${end.outcome}${end.exitCode === null ? '' : `, exit code ${end.exitCode}`}${end.reason === '' ? '' : `: ${end.reason}`}` : 'ended from the terminal';
  const exits = end.exits.map(([name, count]) => `${name} ${formatCount(count)}`).join(', ');
  return printable(`${how}; ${formatCount(end.instructions)} instructions under ${technique.name} on ${host} in ${formatDuration(ms)}${exits === '' ? '' : `; exits: ${exits}`}`);
}
