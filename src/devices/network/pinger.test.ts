import test from 'ava';
import {HOST_ADDRESS} from './host.ts';
import {checksum, echoReply, ipFrame, ipPacket, PROTOCOL_ICMP} from './packets.ts';
import {PEER_ADDRESS} from './peers.ts';
import {Pinger} from './pinger.ts';

const GUEST = {mac: Uint8Array.of(2, 0, 0, 0, 0, 1), ip: 0x0a004d01}, HOST = {mac: Uint8Array.from(PEER_ADDRESS), ip: HOST_ADDRESS};

function ping(): Uint8Array {
  const message = new Uint8Array(16);
  message[0] = 8;
  new DataView(message.buffer).setUint16(2, checksum(message));
  return message;
}

/** What a guest receives that answers pings, or answers them with a byte changed. */
function conversation(spoil = false): number[] {
  const pinger = new Pinger();
  const types: number[] = [];
  const queue: Uint8Array[] = [ping()];
  while (queue.length > 0) {
    const frame = ipFrame(PROTOCOL_ICMP, queue.shift()!, {from: GUEST, to: HOST});
    pinger.receive(frame, 0, {hertz: 1, send: answer => {
      const message = ipPacket(answer)!.payload;
      types.push(message[0]);
      const reply = echoReply(message);
      if (reply && spoil) reply[20]++;
      if (reply) queue.push(reply);
    }});
  }
  return types;
}

test('a guest that pings is pinged four times, each time after its answer', t => {
  t.deepEqual(conversation(), [0, 8, 8, 8, 8]);
});

test('without a right answer no further request comes', t => {
  t.deepEqual(conversation(true), [0, 8]);
});
