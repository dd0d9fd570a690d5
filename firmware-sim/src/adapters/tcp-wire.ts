import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import type { Accept, Listener, SimPorts } from '../ports.ts';
import { listen, urlHost } from './listening.ts';

/** A peer that does not read is dropped: 10 MB of hostile text must fit, endless text must not. */
const queueBytesMax = 32 * 1024 * 1024;

/** A device's wire over TCP, as serial converters and Modbus TCP controllers offer it. */
export const listenTcp: SimPorts['listenTcp'] = async ({ host, port, accept }) => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serve(socket, accept);
  });
  const actual = await listen(server, host, port);
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const listener: Listener = { address: `tcp://${urlHost(host)}:${actual}`, close };
  return listener;
};

const serve = (socket: Socket, accept: Accept): void => {
  socket.setNoDelay(true);
  // A broken connection ends by `close`, which always follows.
  socket.on('error', () => undefined);
  const handlers = accept({
    write: (bytes) => {
      if (socket.destroyed) return;
      socket.write(bytes);
      if (socket.writableLength > queueBytesMax) socket.destroy();
    },
    close: () => socket.destroy(),
  });
  socket.on('data', handlers.onData);
  socket.once('close', handlers.onClose);
};
