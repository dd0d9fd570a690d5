/** The devices of one door for the bench `scan`, on raw sockets. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** The wires of a door: ports on 127.0.0.1 that the gateway connects to. */
export type DoorWires = {
  readonly id: string;
  readonly scanner: number;
  readonly controller: number;
};

export type BenchDoor = DoorWires & {
  /** The gateway has opened the scanner's line and has read the controller's inputs. */
  readonly isServed: () => boolean;
  /** @returns when the pass began to be written, performance.now(); its last byte went then too */
  readonly scan: (text: string) => number;
  /** Each different line that the scanner was told to show. */
  readonly shown: () => readonly string[];
  readonly close: () => void;
};

/** A pass with its line end, and the write that opens: what the wire itself carries. */
export const scanBytes = 124;
export const unlockBytes = 12;

/** Addresses of the profile gatehouse-turnstile-t1. */
const entryTimed = 16;
const timedUnitMs = 100;
const inputs = { outputEntry: 0, passageEntry: 2 } as const;
/** Whoever was let in passes the sensor after a moment. */
const passageAfterMs = 300;
const passageLastsMs = 100;

/** Unit and PDU follow: "MODBUS Messaging on TCP/IP" V1.0b §3.1.3. */
const mbapBytes = 7;
/** Each request that a gateway makes here is a function code and two words. */
const requestBytes = unlockBytes;

const listen = async (onSocket: (socket: Socket) => void): Promise<[Server, number]> => {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has an address of this form.
  return [server, (server.address() as AddressInfo).port];
};

/** @param onUnlock told when the bytes of an unlock came, performance.now() */
export const openDoor = async (
  id: string,
  onUnlock: (atMs: number) => void,
): Promise<BenchDoor> => {
  const sockets = new Set<Socket>();
  const shown = new Set<string>();
  let scanner: Socket | undefined;
  const [scannerServer, scannerPort] = await listen((socket) => {
    sockets.add(socket);
    scanner = socket;
    socket.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.trim().split('\r\n')) shown.add(line);
    });
  });
  const controller = createController(onUnlock);
  const [controllerServer, controllerPort] = await listen((socket) => {
    sockets.add(socket);
    controller.serve(socket);
  });
  return {
    id,
    scanner: scannerPort,
    controller: controllerPort,
    isServed: () => scanner !== undefined && controller.reads() >= 3,
    scan: (text) => {
      if (scanner === undefined) throw new Error('the gateway does not listen to this scanner');
      const bytes = Buffer.from(`${text}\r\n`);
      const beganMs = performance.now();
      scanner.write(bytes);
      return beganMs;
    },
    shown: () => [...shown],
    close: () => {
      for (const socket of sockets) socket.destroy();
      scannerServer.close();
      controllerServer.close();
    },
  };
};

/** A turnstile's controller: a timed register that ends by itself, and people who walk through. */
const createController = (
  onUnlock: (atMs: number) => void,
): { readonly serve: (socket: Socket) => void; readonly reads: () => number } => {
  let reads = 0;
  let onUntilMs = -Infinity;
  let unlockedAtMs: readonly number[] = [];

  const write = (address: number, value: number, nowMs: number): void => {
    if (address !== entryTimed) return;
    onUntilMs = nowMs + value * timedUnitMs;
    if (value === 0) return;
    onUnlock(nowMs);
    const goneMs = nowMs - passageAfterMs - passageLastsMs;
    unlockedAtMs = [...unlockedAtMs.filter((atMs) => atMs > goneMs), nowMs];
  };
  const isPassing = (nowMs: number): boolean =>
    unlockedAtMs.some((atMs) => {
      const afterMs = nowMs - atMs - passageAfterMs;
      return afterMs >= 0 && afterMs < passageLastsMs;
    });
  const readInput = (address: number, nowMs: number): boolean => {
    if (address === inputs.outputEntry) return nowMs < onUntilMs;
    return address === inputs.passageEntry && isPassing(nowMs);
  };

  /** By function code: "MODBUS Application Protocol" V1.1b3 §6.1, 6.2, 6.6. */
  const functions: Readonly<Record<number, (request: Buffer, nowMs: number) => Buffer>> = {
    1: (request) => bitsReply(request, () => false),
    2: (request, nowMs) => {
      reads += 1;
      return bitsReply(request, (address) => readInput(address, nowMs));
    },
    6: (request, nowMs) => {
      write(request.readUInt16BE(mbapBytes + 1), request.readUInt16BE(mbapBytes + 3), nowMs);
      return request;
    },
  };
  const reply = (request: Buffer, nowMs: number): Buffer => {
    const code = request[mbapBytes] ?? 0;
    const answer = functions[code];
    if (answer === undefined) throw new Error(`this controller has no function ${code}`);
    return answer(request, nowMs);
  };
  return {
    serve: (socket) => {
      let held: Buffer = Buffer.alloc(0);
      socket.on('data', (chunk) => {
        const nowMs = performance.now();
        held = Buffer.concat([held, chunk]);
        for (; held.length >= requestBytes; held = held.subarray(requestBytes)) {
          socket.write(reply(held.subarray(0, requestBytes), nowMs));
        }
      });
    },
    reads: () => reads,
  };
};

const bitsReply = (request: Buffer, isOn: (address: number) => boolean): Buffer => {
  const from = request.readUInt16BE(mbapBytes + 1);
  const count = request.readUInt16BE(mbapBytes + 3);
  const bytes = Buffer.alloc(Math.ceil(count / 8));
  for (let i = 0; i < count; i += 1) {
    if (isOn(from + i)) bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (1 << (i & 7));
  }
  const head = Buffer.from(request.subarray(0, mbapBytes + 1));
  head.writeUInt16BE(3 + bytes.length, 4);
  return Buffer.concat([head, Buffer.of(bytes.length), bytes]);
};
