// A worker thread of the hunt: loads the same plugins as the main thread and takes every so-many-th program.
import {parentPort, workerData, type MessagePort} from 'node:worker_threads';
import {loadCatalogue, type CatalogueSource} from '../lab/catalogue.ts';
import {Hunt, type Coverage, type Finding} from './hunt.ts';

/** Programs `first`, `first + stride`, ... below `end`. */
export interface Share {
  readonly catalogue: CatalogueSource;
  readonly techniques: readonly string[];
  readonly seed: number;
  readonly first: number;
  readonly end: number;
  readonly stride: number;
  /** Each technique takes every so-many-th program. */
  readonly every: number;
}

export type Report = {readonly finding: Finding} | {readonly coverage: Coverage};

async function work(port: MessagePort, share: Share): Promise<void> {
  const catalogue = await loadCatalogue(share.catalogue);
  const hunt = new Hunt(catalogue, share.techniques, share.seed, share.every);
  const say = (report: Report): void => port.postMessage(report);
  for (let number = share.first; number < share.end; number += share.stride) {
    for (const finding of hunt.try(number)) say({finding});
  }
  say({coverage: hunt.coverage});
}

if (parentPort) await work(parentPort, workerData as Share);
