// What process-mix must compute for a seed, without processes: a child is a copy of the state.
import {foldChecksum} from '../../report-line.ts';

const DATA_PAGES = 24, KEPT = 3, MAXIMUM_PAGES = 96, MAXIMUM_MESSAGE = 1500, CODE_MASK = 0x7f, CHILD_CODE = 54;

class Process {
  #state: number;
  readonly #data: Uint32Array;
  readonly #kept: number[][] = Array.from({length: KEPT}, () => []);

  constructor(state: number, data = new Uint32Array(DATA_PAGES)) {
    this.#state = state;
    this.#data = data;
  }

  #fork(): Process {
    return new Process(this.#state, this.#data.slice());
  }

  #draw(below: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % below;
  }

  #scatter(writes: number): void {
    for (let write = 1; write <= writes; write++) this.#data[this.#draw(DATA_PAGES)] += write;
  }

  dataSum(): number {
    return this.#data.reduce(foldChecksum, 0);
  }

  #code(): number {
    return this.dataSum() & CODE_MASK;
  }

  mappingSum(slot: number): number {
    return this.#kept[slot].reduce(foldChecksum, 0);
  }

  #forkAndWrite(): number {
    const writes = this.#draw(12);
    const child = this.#fork();
    child.#scatter(writes);
    this.#scatter(1);
    return child.#code();
  }

  #forkFamily(): number {
    const members = 1 + this.#draw(3);
    const child = this.#fork();
    let sum = 0;
    for (let member = 0; member < members; member++) {
      child.#scatter(1);
      const grandchild = child.#fork();
      grandchild.#scatter(2);
      sum += grandchild.#code();
    }
    return sum & CODE_MASK;
  }

  #remap(): number {
    const slot = this.#draw(KEPT), pages = 1 + this.#draw(MAXIMUM_PAGES);
    const sum = this.mappingSum(slot);
    this.#kept[slot] = Array.from({length: pages}, (_, page) => (page % 3 === 0 ? page + pages : 0));
    return sum;
  }

  #transfer(): number {
    const bytes = 1 + this.#draw(MAXIMUM_MESSAGE);
    return Array.from({length: bytes}, (_, index) => (index * 13 + bytes) & 0xff).reduce(foldChecksum, 0);
  }

  act(): number {
    const kind = this.#draw(5);
    return [() => this.#forkAndWrite(), () => CHILD_CODE, () => this.#forkFamily(), () => this.#remap(), () => this.#transfer()][kind]();
  }
}

export const processMixChecksum = (seed: number, operations: number): number => {
  const process = new Process(seed);
  let checksum = 0;
  for (let operation = 0; operation < operations; operation++) checksum = foldChecksum(foldChecksum(checksum, process.act()), process.dataSum());
  for (let slot = 0; slot < KEPT; slot++) checksum = foldChecksum(checksum, process.mappingSum(slot));
  return checksum;
};
