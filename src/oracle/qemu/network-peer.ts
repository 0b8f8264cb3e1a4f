// The model's Internet host at the other end of QEMU's network: a process that listens on a socket of the file system, where QEMU's stream
// backend connects (`-netdev stream`), each frame behind its length in four bytes, high byte first. Ends with the connection.
// `node network-peer.js SOCKET`
import {createServer} from 'node:net';
import type {Socket} from 'node:net';
import {InternetHost} from '../../devices/network/host.ts';
import type {Link} from '../../devices/network/wire.ts';

const LENGTH_BYTES = 4;

/** The whole frames at the front of what has come in, and what is left behind them. */
function framesOf(stream: Buffer): {readonly frames: readonly Buffer[]; readonly rest: Buffer} {
  const frames: Buffer[] = [];
  let at = 0;
  while (at + LENGTH_BYTES <= stream.length && at + LENGTH_BYTES + stream.readUInt32BE(at) <= stream.length) {
    const end = at + LENGTH_BYTES + stream.readUInt32BE(at);
    frames.push(stream.subarray(at + LENGTH_BYTES, end));
    at = end;
  }
  return {frames, rest: stream.subarray(at)};
}

function withLength(frame: Uint8Array): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(frame.length);
  return Buffer.concat([length, frame]);
}

/** Time is QEMU's: answers go back as soon as they are known. */
function serve(socket: Socket): void {
  const host = new InternetHost();
  const link: Link = {send: frame => { socket.write(withLength(frame)); }, hertz: 1};
  let waiting: Buffer = Buffer.alloc(0);
  socket.on('data', piece => {
    const {frames, rest} = framesOf(Buffer.concat([waiting, piece]));
    waiting = rest;
    for (const frame of frames) host.receive(Uint8Array.from(frame), 0, link);
  });
  socket.on('error', () => socket.destroy());
}

const server = createServer(socket => {
  serve(socket);
  socket.on('close', () => server.close());
});
server.listen(process.argv[2]);
