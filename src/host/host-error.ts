// The error for a host that cannot be had as asked: unknown name, unknown option, a figure that is no cost. Its message
// is one sentence for the user and needs no stack trace.

export class HostError extends Error {
  override readonly name = 'HostError';
}
