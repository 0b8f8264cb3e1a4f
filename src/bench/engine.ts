// What the benchmark runs, and what an engine is: something that executes the same image.

/** One run of an image. */
export interface Program {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly commandLine: string;
  /** Guest memory in bytes. */
  readonly memory: number;
}

export interface Engine {
  readonly name: string;
  /** Runs a program to its end and returns the wall-clock milliseconds it took. */
  run(program: Program): Promise<number>;
  /** Whether a run includes a start-up that has to be measured and taken off. */
  readonly startsUp: boolean;
}
