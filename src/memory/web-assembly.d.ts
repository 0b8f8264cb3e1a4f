// The part of the WebAssembly JavaScript interface that this project uses; the ES libraries of TypeScript leave it to the DOM's.
declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: {initial: number; maximum?: number});
    readonly buffer: ArrayBuffer;
  }
}
