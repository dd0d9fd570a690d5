import { generateKeyPairSync, sign } from 'node:crypto';
import {
  assemblePass,
  buildPassBody,
  eventId,
  fromBase64Url,
  signingInput,
  toBase64Url,
} from '@gatehouse/protocols';
import type { SignatureAlgorithm, WireEvent } from '@gatehouse/protocols';
import { createRevocations } from '../access/revocations.ts';
import type { Revoked } from '../access/revocations.ts';
import { primitives } from '../adapters/crypto.ts';
import { appendAudit } from '../audit/audit.ts';
import { readFeed } from '../feed/feed.ts';
import { ingestBatch } from '../ingest/ingest.ts';
import { createDoubleSpent } from '../judgement/double-spent.ts';
import { createJudgement } from '../judgement/judge.ts';
import type { Database, Queryable, Signer } from '../ports.ts';
import { testBatch, testEvent, testIngestPorts, testNowMs } from './batches.ts';
import { lileiCard, seedPlaces } from './places.ts';

/** Two gateways of one site, each with doors of its own. */
export const gateways = ['library-gw', 'lab-gw'] as const;
export const doorsOf = { 'library-gw': 'library-east', 'lab-gw': 'lab-301' } as const;
export type TestGateway = (typeof gateways)[number];

const signer: Signer = {
  sign: (_use, typ, payload) => Promise.resolve(`${typ}.${JSON.stringify(payload)}.signature`),
  keyList: () => ({ serial: 1, jws: 'keys' }),
};

/** A phone with its key: it makes passes as a browser would. */
export type PassPhone = {
  readonly credential: string;
  readonly alg: SignatureAlgorithm;
  readonly rawKey: Uint8Array;
  readonly pass: (counter: number, iatMs: number, audience?: string) => Uint8Array;
};

export const createPassPhone = (
  credential: string,
  alg: SignatureAlgorithm = 'EdDSA',
): PassPhone => {
  const pair =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('ed25519');
  const { x = '', y } = pair.publicKey.export({ format: 'jwk' });
  const [first, second] = [x, y ?? ''].map((text) => fromBase64Url(text) ?? new Uint8Array());
  const parts = [first ?? new Uint8Array(), second ?? new Uint8Array()];
  return {
    credential,
    alg,
    rawKey: Buffer.concat(y === undefined ? parts : [Uint8Array.of(4), ...parts]),
    pass: (counter, iatMs, audience = 'campus-01') => {
      const fields = { alg, credential, counter, iat: Math.floor(iatMs / 1000) };
      const input = signingInput(fields, audience);
      const key = { key: pair.privateKey, dsaEncoding: 'ieee-p1363' } as const;
      return assemblePass(
        buildPassBody(fields),
        sign(alg === 'ES256' ? 'sha256' : null, input, key),
      );
    },
  };
};

/** A decision as a gateway journals it, its pass made as it was shown. */
export const useEvent = (
  seq: number,
  use: {
    readonly gateway: TestGateway;
    readonly phone: PassPhone;
    readonly counter: number;
    readonly pass?: Uint8Array | null;
    readonly change?: Partial<WireEvent>;
    readonly data?: Readonly<Record<string, unknown>>;
  },
): WireEvent => {
  const { gateway, phone, counter, change = {}, data = {} } = use;
  const at = change.at ?? testNowMs - 60_000 + seq;
  const pass = use.pass === undefined ? phone.pass(counter, at - 5_000) : use.pass;
  return testEvent(seq, {
    kind: 'access.granted',
    door: doorsOf[gateway],
    at,
    ...(pass === null ? {} : { evidence: toBase64Url(pass) }),
    data: {
      ...{ reason: 'granted', side: 'entry', reader: 'r-1', basis: 'island', provisional: true },
      ...{ credential: phone.credential, counter, audience: 'campus-01', ...data },
    },
    ...change,
  });
};

export type Verdicts = readonly {
  readonly id: string;
  readonly verdict: string;
  readonly why: string | null;
  readonly first: string | null;
}[];

/** Judgement over a database, its feed read by hand. */
export const createTestJudgement = (database: Database, nowMs: () => number) => {
  const clock = { nowMs };
  const { revoke } = createRevocations({ signer, clock });
  const onDoubleSpent = createDoubleSpent({
    revoke,
    clock,
    appendAudit: (tx, entry) => appendAudit(tx, entry, primitives.sha256),
  });
  const handle = createJudgement({ clock, primitives, onDoubleSpent });
  let pos = 0;
  return {
    handle,
    revoke: (what: Revoked) => database.transaction((tx) => revoke(tx, what)),
    /** Judges what came since the last call. */
    judge: async (): Promise<void> => {
      for (const item of await readFeed(database, pos, 10_000)) {
        await database.transaction((tx) => handle(tx, item));
        pos = item.pos;
      }
    },
  };
};

/** The cloud's judgement over one database, with the feed read by hand or by a consumer. */
export const openJudgementWorld = async (database: Database) => {
  await seedPlaces(database);
  await database.query(`insert into gateway (id, building, name_zh, name_en) values
    ('lab-gw', 'lab', '实验楼网关', 'Lab gateway')`);
  await database.query(
    `insert into door (id, building, gateway, class, name_zh, name_en, unlock_ms, counts, sort)
     values ('lab-301', 'lab', 'lab-gw', 'lab', '301', '301', 500, false, 4)`,
  );
  const { handle, revoke, judge } = createTestJudgement(database, () => testNowMs);
  return {
    database,
    handle,
    revoke,
    judge,
    enrol: async (phone: PassPhone, card = lileiCard): Promise<void> => {
      await database.query('update credential set revoked_at = $2 where card = $1', [
        card,
        new Date(testNowMs + 1),
      ]);
      await database.query(
        `insert into credential (id, card, alg, key, enrolled_at) values ($1, $2, $3, $4, $5)`,
        [phone.credential, card, phone.alg, phone.rawKey, new Date(0)],
      );
    },
    ingest: async (
      gateway: TestGateway,
      events: readonly WireEvent[],
      epoch = '0a1b2c3d',
    ): Promise<void> => {
      const batch = testBatch(events, { gateway, epoch });
      await ingestBatch(testIngestPorts(database), gateway, batch);
    },
    verdicts: (db: Queryable = database): Promise<Verdicts> =>
      db.query(
        `select gateway || '.' || seq as id, verdict, why, first from use
         order by judged_at, gateway, seq`,
      ),
  };
};

export type JudgementWorld = Awaited<ReturnType<typeof openJudgementWorld>>;

export const testUseId = (gateway: TestGateway, seq: number): string =>
  eventId({ gateway, epoch: '0a1b2c3d', stream: 'main', seq });
