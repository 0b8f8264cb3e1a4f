// vcpu_op for the one virtual processor there is: its state and its two timers. Xen, public/vcpu.h.
import {EEXIST, EINVAL, ENOSYS} from 'worldswitch';
import type {Parts} from './parts.ts';

const INITIALISE = 0, UP = 1, DOWN = 2, IS_UP = 3, RUNSTATE = 4, REGISTER_RUNSTATE = 5, SET_PERIODIC = 6, STOP_PERIODIC = 7, SET_SINGLE = 8, STOP_SINGLE = 9;
const ONLY_FUTURE = 1;
/** struct vcpu_runstate_info: state, since when, and nanoseconds in each of four states. */
const RUNSTATE_WORDS = 11;

export function vcpuOp({domain, clock}: Parts, command: number, argument: number): number {
  const {copy} = domain;
  const long = (at: number): number => {
    const [low, high] = copy.readWords(at, 2);
    return (low >>> 0) + high * 2 ** 32;
  };
  switch (command) {
    case INITIALISE: copy.check(argument, 4, false); return -EEXIST;
    case UP: return 0;
    case DOWN: return -EINVAL;
    case IS_UP: return 1;
    case RUNSTATE: copy.writeWords(argument, runstate(clock.now())); return 0;
    case REGISTER_RUNSTATE: copy.writeWords(copy.read32(argument), runstate(clock.now())); return 0;
    case SET_PERIODIC: return clock.setPeriod(long(argument));
    case STOP_PERIODIC: return clock.setPeriod(0);
    case SET_SINGLE: return clock.setSingle(long(argument), (copy.read32(argument + 8) & ONLY_FUTURE) !== 0);
    case STOP_SINGLE: return clock.setSingle(0);
    default: return -ENOSYS;
  }
}

/** Running since the domain began. */
function runstate(now: number): Int32Array {
  const words = new Int32Array(RUNSTATE_WORDS);
  words[3] = now % 2 ** 32 | 0;
  words[4] = Math.floor(now / 2 ** 32) | 0;
  return words;
}
