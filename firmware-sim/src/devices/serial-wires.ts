import type { Accept, Peer } from '../ports.ts';

/** What takes the bytes of one peer, so that half frames of two peers do not mix. */
export type Receiver = {
  readonly push: (chunk: Uint8Array) => void;
  /** The peer is gone. */
  readonly end: () => void;
};

/** The ends of a serial wire, with all devices that hang on it. */
export type SerialWires = {
  /** A network client: one at a time, a new one replaces the old. */
  readonly accept: Accept;
  /** A serial line: always there, used while no network client is connected. */
  readonly acceptLine: Accept;
  readonly isConnected: () => boolean;
  readonly write: (bytes: Uint8Array) => void;
  /** Every device hears every byte. */
  readonly attach: (createReceiver: () => Receiver) => void;
};

export const createSerialWires = (): SerialWires => {
  let client: Peer | undefined;
  let line: Peer | undefined;
  const makers: (() => Receiver)[] = [];
  const handlers = (onGone: () => void): ReturnType<Accept> => {
    const receivers = makers.map((create) => create());
    return {
      onData: (chunk) => {
        for (const { push } of receivers) push(chunk);
      },
      onClose: () => {
        for (const { end } of receivers) end();
        onGone();
      },
    };
  };
  return {
    accept: (peer) => {
      client?.close();
      client = peer;
      return handlers(() => {
        if (client === peer) client = undefined;
      });
    },
    acceptLine: (peer) => {
      line = peer;
      return handlers(() => {
        if (line === peer) line = undefined;
      });
    },
    isConnected: () => (client ?? line) !== undefined,
    write: (bytes) => (client ?? line)?.write(bytes),
    attach: (createReceiver) => void makers.push(createReceiver),
  };
};
