/**
 * The wire alone, for the bench `scan`: a process that does nothing but answer as many bytes as a
 * scanner sends for a pass with as many as an unlock takes.
 */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { scanBytes, unlockBytes } from './scan-door.ts';

const answer = Buffer.alloc(unlockBytes);

const server = createServer({ noDelay: true }, (socket) => {
  let heard = 0;
  socket.on('data', (chunk) => {
    heard += chunk.length;
    for (; heard >= scanBytes; heard -= scanBytes) socket.write(answer);
  });
  socket.on('error', () => socket.destroy());
});
server.listen(0, '127.0.0.1', () => {
  // A server that listens on TCP has an address of this form.
  const { port } = server.address() as AddressInfo;
  process.send?.({ port });
});
process.once('disconnect', () => process.exit());
