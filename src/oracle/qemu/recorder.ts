// QEMU's translator as oracle: runs every image and keeps what it printed on COM1. Why this model of a processor: a
// Pentium II is of the family that CPUID tells here and has PSE, PGE, TSC and CMOV; what this machine does not have is
// taken away by name. It keeps its coprocessor, which no image uses but to see it disabled.
import {spawnSync} from 'node:child_process';
import {packagePath, type Answers, type Recorder} from '../answers.ts';
import {ASKED_IMAGES, imageFile, imageHash, type AskedImage} from './images.ts';

const PROGRAM = 'qemu-system-i386';
const OPTIONS = [
  '-accel', 'tcg', '-cpu', 'pentium2,-vme,-mce,-mtrr,-pse36', '-m', '64', '-display', 'none', '-monitor', 'none', '-serial', 'stdio',
  '-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04', '-no-reboot',
];
const MOST_MILLISECONDS = 60_000;
const MOST_OUTPUT = 1 << 24;

/** QEMU's answers as they are committed. */
export const QEMU_FIXTURE = 'src/oracle/qemu/answers.json';

export interface QemuAnswer {
  /** SHA-256 of the image. */
  readonly image: string;
  readonly exitCode: number;
  readonly console: readonly string[];
}
export type QemuAnswers = Readonly<Record<AskedImage, QemuAnswer>>;

function ask(name: AskedImage): QemuAnswer & {readonly [key: string]: string | number | readonly string[]} {
  const options = [...OPTIONS, '-kernel', packagePath(imageFile(name))];
  const {error, status, signal, stdout} = spawnSync(PROGRAM, options, {encoding: 'latin1', timeout: MOST_MILLISECONDS, maxBuffer: MOST_OUTPUT});
  if (error) throw new Error(`cannot run ${PROGRAM} on ${imageFile(name)}: ${error.message}`);
  if (status === null) throw new Error(`${PROGRAM} on ${imageFile(name)} ended with ${signal}`);
  return {image: imageHash(name), exitCode: status, console: stdout.trimEnd().split('\n')};
}

const version = (): string => spawnSync(PROGRAM, ['--version'], {encoding: 'utf8'}).stdout.split('\n', 1)[0];

export const qemuRecorder: Recorder = {
  name: 'qemu',
  needs: [PROGRAM],
  fixture: QEMU_FIXTURE,
  record: async (): Promise<Answers> => ({
    provenance: {program: version(), command: [PROGRAM, ...OPTIONS, '-kernel', 'IMAGE'].join(' ')},
    answers: Object.fromEntries(ASKED_IMAGES.map(name => [name, ask(name)])),
  }),
};
