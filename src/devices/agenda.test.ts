import test from 'ava';
import {Agenda} from './agenda.ts';

/** Schedules the given times in order, each call logging `time#position`. */
function logged(times: readonly number[]) {
  const agenda = new Agenda();
  const log: string[] = [];
  const alarms = times.map((at, index) => agenda.schedule(at, () => log.push(`${at}#${index}`)));
  return {agenda, log, alarms};
}

test('an empty agenda has no deadline', t => {
  t.is(new Agenda().next(), Infinity);
});

test('calls fire by time, ties in the order they were scheduled', t => {
  const {agenda, log} = logged([30, 10, 20, 10, 30, 10]);
  agenda.runDue(30);
  t.deepEqual(log, ['10#1', '10#3', '10#5', '20#2', '30#0', '30#4']);
});

test('only what is due fires', t => {
  const {agenda, log} = logged([10, 11, 12]);
  agenda.runDue(11);
  t.deepEqual(log, ['10#0', '11#1']);
  t.is(agenda.next(), 12);
});

test('a cancelled alarm does not fire; cancelling twice or late does nothing', t => {
  const {agenda, log, alarms} = logged([10, 10, 20]);
  alarms[0].cancel();
  alarms[0].cancel();
  agenda.runDue(10);
  alarms[1].cancel();
  t.deepEqual(log, ['10#1']);
  t.is(agenda.next(), 20);
});

test('a call may schedule another that is due in the same run', t => {
  const agenda = new Agenda();
  const log: number[] = [];
  const tick = (at: number): void => {
    log.push(at);
    agenda.schedule(at + 10, () => tick(at + 10));
  };
  agenda.schedule(10, () => tick(10));
  agenda.runDue(35);
  t.deepEqual(log, [10, 20, 30]);
  t.is(agenda.next(), 40);
});

test('a call may cancel one that is due after it', t => {
  const {agenda, log, alarms} = logged([10, 20]);
  agenda.schedule(15, () => alarms[1].cancel());
  agenda.runDue(30);
  t.deepEqual(log, ['10#0']);
});

test('a time that is not a number is refused', t => {
  t.throws(() => new Agenda().schedule(NaN, () => {}), {instanceOf: RangeError});
});
