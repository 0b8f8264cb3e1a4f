// What the model leaves out, stated in every report. Each is tagged `Simplification:` where the code makes it.

export const SIMPLIFICATIONS: readonly string[] = [
  'Guest instructions cost a fixed number of cycles per class; there is no model of data caches, pipelines or branch prediction.',
  'Host kernels and device-model processes are not executed instruction by instruction: each step of theirs is charged by a named cost.',
  'A host has one processor; there is no second core, no hyper-threading and no frequency scaling.',
  'The host has no periodic timer tick of its own unless its profile gives one.',
];
