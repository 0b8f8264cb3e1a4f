// A live console from the terminal's side: the guest runs on a thread of its own.
import {parentPort, Worker, workerData} from 'node:worker_threads';
import type {MessagePort} from 'node:worker_threads';
import type {Writable} from 'node:stream';
import {loadCatalogue, type CatalogueSource} from './catalogue.ts';
import {runConsole, type ConsoleEnd, type ConsoleNews, type ConsoleStatus} from './console-guest.ts';
import {ConsoleLine} from './console-line.ts';
import type {CellSpec} from './spec.ts';
import {messageOf, UsageError} from './usage-error.ts';

interface Order {
  readonly console: SharedArrayBuffer;
  readonly catalogue: CatalogueSource;
  readonly spec: CellSpec;
}

export interface ConsoleSession {
  type(bytes: Uint8Array): number;
  /** Nothing more will be typed. */
  close(): void;
  /** Takes the guest's thread away at once. */
  end(): void;
  /** How it ended, null when it was ended from here; rejects with a sentence when the image or a strategy failed. */
  readonly ended: Promise<ConsoleEnd | null>;
}

interface SessionEvents {
  readonly printed: (bytes: Uint8Array) => void;
  readonly status: (status: ConsoleStatus) => void;
  /** Where what plugins print goes. */
  readonly pluginOutput: Writable;
}

export function startConsole(order: Omit<Order, 'console'>, {printed, status, pluginOutput}: SessionEvents): ConsoleSession {
  const line = new ConsoleLine();
  const worker = new Worker(new URL(import.meta.url), {workerData: {...order, console: line.buffer} satisfies Order, stdout: true, stderr: true});
  for (const stream of [worker.stdout, worker.stderr]) stream.pipe(pluginOutput, {end: false});
  const {promise: ended, resolve, reject} = Promise.withResolvers<ConsoleEnd | null>();
  worker.on('message', (news: ConsoleNews) => {
    if ('printed' in news) printed(news.printed);
    else if ('status' in news) status(news.status);
    else if ('end' in news) resolve(news.end);
    else reject(new UsageError(news.problem));
  });
  worker.on('error', reject);
  worker.on('exit', () => reject(new UsageError('the console ended without a word of the guest')));
  const end = (): void => {
    resolve(null);
    void worker.terminate();
  };
  return {type: bytes => line.type(bytes), close: () => line.close(), end, ended};
}

async function serve(port: MessagePort, {console: buffer, catalogue, spec}: Order): Promise<void> {
  const tell = (news: ConsoleNews): void => port.postMessage(news);
  try {
    const loaded = await loadCatalogue(catalogue);
    tell({end: runConsole(spec, loaded, {line: new ConsoleLine(buffer), tell})});
  } catch (error) {
    tell({problem: messageOf(error)});
  }
}

const given = workerData as Partial<Order> | null;
if (parentPort && given?.console instanceof SharedArrayBuffer) await serve(parentPort, given as Order);
