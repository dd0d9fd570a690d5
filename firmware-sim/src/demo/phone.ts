import { createPrivateKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import {
  assemblePass,
  buildPassBody,
  campusAudience,
  passText,
  payAudience,
  signingInput,
} from '@gatehouse/protocols';
import type { Counters } from './counters.ts';

export type Phone = {
  /** The text of a fresh code, `agoMs` old. */
  readonly show: (kind: 'door' | 'pay', agoMs?: number) => string;
};

export type WalkersPhone = Phone & {
  /** Makes codes that nobody holds before a reader: a page that is open on the way. */
  readonly idle: (codes: number) => void;
};

/** PKCS #8 of an Ed25519 key (RFC 8410 §7), up to its 32 bytes. */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A simulated person's phone: the same bytes as /m makes, signed with Ed25519. */
export const createPhone = (options: {
  readonly campus: string;
  readonly credential: string;
  /** 32 bytes, hex. */
  readonly secret: string;
  readonly nowMs: () => number;
  /** Left out: the phone counts by the clock. */
  readonly counters?: Counters | undefined;
}): WalkersPhone => {
  const { campus, credential, nowMs, counters } = options;
  let key: KeyObject | undefined;
  let counter = 0;
  const privateKey = (): KeyObject =>
    (key ??= createPrivateKey({
      key: Buffer.concat([pkcs8Head, Buffer.from(options.secret, 'hex')]),
      format: 'der',
      type: 'pkcs8',
    }));
  const next = (codes: number): void => {
    // The clock as a floor: a new run of the demo goes on above the counters of the last one.
    const floor = Math.floor(nowMs() / 1000);
    counter = counters?.take(credential, codes) ?? Math.max(counter + codes, floor);
  };
  return {
    idle: (codes) => {
      if (codes > 0) next(codes);
    },
    show: (kind, agoMs = 0) => {
      const seconds = Math.floor(nowMs() / 1000);
      next(1);
      const audience = kind === 'door' ? campusAudience(campus) : payAudience(campus);
      const iat = seconds - Math.floor(agoMs / 1000);
      const fields = { alg: 'EdDSA', credential, iat, counter } as const;
      const signature = sign(null, signingInput(fields, audience), privateKey());
      return passText(assemblePass(buildPassBody(fields), signature));
    },
  };
};
