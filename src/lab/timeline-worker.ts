// A worker thread that runs one cell again for its timeline, so that whoever looks at it is not held up.
import {parentPort, Worker, workerData} from 'node:worker_threads';
import type {MessagePort} from 'node:worker_threads';
import type {Writable} from 'node:stream';
import {loadCatalogue, type CatalogueSource} from './catalogue.ts';
import type {CellSpec} from './spec.ts';
import {timelineOf, type Stretch, type Timeline} from './timeline.ts';
import {messageOf} from './usage-error.ts';

interface Order {
  readonly timeline: true;
  readonly catalogue: CatalogueSource;
  readonly spec: CellSpec;
  readonly stretch: Stretch;
}

type Answer = {readonly timeline: Timeline} | {readonly problem: string};

/** Rejects with one sentence; `signal` ends the thread. */
export function runTimeline(order: Omit<Order, 'timeline'>, {output, signal}: {output: Writable; signal: AbortSignal}): Promise<Timeline> {
  const worker = new Worker(new URL(import.meta.url), {workerData: {...order, timeline: true} satisfies Order, stdout: true, stderr: true});
  for (const stream of [worker.stdout, worker.stderr]) stream.pipe(output, {end: false});
  signal.addEventListener('abort', () => void worker.terminate(), {once: true});
  return new Promise((resolve, reject) => {
    worker.on('message', (answer: Answer) => ('timeline' in answer ? resolve(answer.timeline) : reject(new Error(answer.problem))));
    worker.on('error', error => reject(new Error(`The timeline cannot be made: ${messageOf(error)}`)));
    worker.on('exit', () => reject(new Error('The timeline was not finished.')));
  });
}

async function answerTo({catalogue, spec, stretch}: Order): Promise<Answer> {
  try {
    return {timeline: timelineOf(spec, await loadCatalogue(catalogue), stretch)};
  } catch (error) {
    return {problem: `The timeline cannot be made: ${messageOf(error)}`};
  }
}

async function serve(port: MessagePort, order: Order): Promise<void> {
  const answer = await answerTo(order);
  port.postMessage(answer);
}

const given = workerData as Partial<Order> | null;
if (parentPort && given?.timeline === true) await serve(parentPort, given as Order);
