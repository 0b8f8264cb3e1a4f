// A guest's disk is put back whole or not at all: the thread that writes and the one that may end it agree by one word that both can see.

const IDLE = 0, KEEPING = 1, CLOSED = 2;
/** Longest wait for writes that have begun: a disk that takes longer hangs. */
const PATIENCE_MS = 60_000;

/** The word, made by whoever hires threads. */
export const makeGate = (): SharedArrayBuffer => new SharedArrayBuffer(4);

let gate = new Int32Array(makeGate());

/** In a thread: the word it shares with who may end it. */
export function shareGate(buffer: SharedArrayBuffer): void {
  gate = new Int32Array(buffer);
}

/** Does `work` to its end, or does not begin when the thread is about to be ended; whether it was done. */
export function undisturbed(work: () => void): boolean {
  if (Atomics.compareExchange(gate, 0, IDLE, KEEPING) === CLOSED) return false;
  try {
    work();
  } finally {
    Atomics.store(gate, 0, IDLE);
    Atomics.notify(gate, 0);
  }
  return true;
}

/** Before threads are ended: lets what has begun finish, and nothing more begin. */
export function closeGate(buffer: SharedArrayBuffer): void {
  const word = new Int32Array(buffer);
  const until = performance.now() + PATIENCE_MS;
  while (Atomics.compareExchange(word, 0, IDLE, CLOSED) === KEEPING && performance.now() < until) Atomics.wait(word, 0, KEEPING, 1000);
}
