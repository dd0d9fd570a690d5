import type { Cancel, Clock, Log, PushAnswer, PushRequest, PushServer } from '../ports.ts';
import { createSharedLine } from './shared-line.ts';
import type { LineUser } from './shared-line.ts';

/** What a device is asked by its request, and told how its answer went. */
export type PushReply = {
  readonly answer: PushAnswer;
  readonly onSent?: ((isWhole: boolean) => void) | undefined;
};
export type PushPeer = LineUser & {
  readonly handle: (request: PushRequest) => Promise<PushReply>;
};

/** The one address where the heads of a gateway knock: `/push/<device>`. */
export type PushLine = {
  readonly address: string;
  readonly join: (deviceId: string, peer: PushPeer) => Cancel;
  readonly stop: () => Promise<void>;
};

export const pushErrors = {
  unknown_device: { status: 404, message: 'There is no such device here' },
  wrong_method: { status: 405, message: 'This device is served by another method' },
  wrong_content_type: { status: 415, message: 'This device sends another kind of body' },
  wrong_secret: { status: 401, message: 'The secret of this device is another one' },
  bad_body: { status: 400, message: 'This is no message of the device’s profile' },
  busy: { status: 503, message: 'Too many requests of this device wait' },
  failed: { status: 500, message: 'The gateway failed' },
} as const;
export type PushErrorCode = keyof typeof pushErrors;

export const pushRefusal = (
  code: PushErrorCode,
  more: { readonly detail?: string; readonly allow?: readonly string[] } = {},
): PushReply => {
  const { status, message } = pushErrors[code];
  const error = {
    code,
    message: more.detail === undefined ? message : `${message} (${more.detail})`,
  };
  const body = JSON.stringify({ error });
  return { answer: { status, contentType: 'application/json', body, allow: more.allow } };
};

const deviceOf = (path: string): string | undefined =>
  /^\/push\/([a-z0-9-]{1,40})$/.exec(path)?.[1];

export const createPushLine = (options: {
  readonly push: PushServer;
  readonly clock: Clock;
  readonly log: Log;
}): PushLine => {
  const { push, clock, log } = options;
  const peers = new Map<string, PushPeer>();
  const handle = async (request: PushRequest): Promise<PushReply> => {
    const peer = peers.get(deviceOf(request.path) ?? '');
    if (peer === undefined) return pushRefusal('unknown_device');
    try {
      return await peer.handle(request);
    } catch (error) {
      log.error('push.failed', { path: request.path, error });
      return pushRefusal('failed');
    }
  };
  const line = createSharedLine({
    port: push.address,
    clock,
    log,
    open: () => push.open(handle),
    restMs: () => 0,
  });
  return {
    address: push.address,
    join: (deviceId, peer) => {
      peers.set(deviceId, peer);
      const leave = line.use(peer);
      return () => {
        if (peers.get(deviceId) === peer) peers.delete(deviceId);
        leave();
      };
    },
    stop: line.stop,
  };
};
