import type { Accept, Peer } from '../ports.ts';

/** The ends of a scanner's wire. */
export type ScannerWires = {
  /** A network client: one at a time, a new one replaces the old. */
  readonly accept: Accept;
  /** A serial line: always there, used while no network client is connected. */
  readonly acceptLine: Accept;
  readonly isConnected: () => boolean;
  readonly write: (bytes: Uint8Array) => void;
};

/** @param receiver makes what takes the bytes of one peer, so that half lines do not mix */
export const createScannerWires = (receiver: () => (chunk: Uint8Array) => void): ScannerWires => {
  let client: Peer | undefined;
  let line: Peer | undefined;
  const accept: Accept = (peer) => {
    client?.close();
    client = peer;
    const onClose = (): void => {
      if (client === peer) client = undefined;
    };
    return { onData: receiver(), onClose };
  };
  const acceptLine: Accept = (peer) => {
    line = peer;
    const onClose = (): void => {
      if (line === peer) line = undefined;
    };
    return { onData: receiver(), onClose };
  };
  return {
    accept,
    acceptLine,
    isConnected: () => (client ?? line) !== undefined,
    write: (bytes) => (client ?? line)?.write(bytes),
  };
};
