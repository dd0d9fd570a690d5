/**
 * From the ask of a member to its answer at the member, on the real broker of a claim group behind
 * mutual TLS and a real disk: the answer leaves when the mark is committed. Members, authority and
 * the disk's own sync share one process and one machine.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parsePassBytes } from '@gatehouse/protocols';
import type { Pass } from '@gatehouse/protocols';
import { createMarks } from '../src/access/marks.ts';
import { createClaimPorts } from '../src/adapters/claim-ports.ts';
import { createSystemClock } from '../src/adapters/clock.ts';
import { createJournal } from '../src/adapters/journal-client.ts';
import { createPrimitives } from '../src/adapters/primitives.ts';
import { createAuthority } from '../src/claim/authority.ts';
import { createMember } from '../src/claim/member.ts';
import type { Member } from '../src/claim/member.ts';
import { createServing } from '../src/claim/serving.ts';
import { journalBytesDefault } from '../src/config.ts';
import { createRoster } from '../src/policy/roster.ts';
import { createRevocations } from '../src/policy/trust.ts';
import { createCertificates } from '../src/testing/certificates.ts';
import { claimGroup } from '../src/testing/claim-group.ts';
import { freePort } from '../src/testing/free-port.ts';
import { createPhone } from '../src/testing/phone.ts';
import { createSilentLog } from '../src/testing/silent-log.ts';
import { percentile } from './percentile.ts';

const phones = 200;
const warmUp = 100;
const asks = 1_000;
/** On average; at times of their own, as people come to five gates. */
const askEveryMs = 15;
const diskEveryMs = 60;
const commitBytes = 16_384;
const aimP99Ms = 20;
const connectedWithinMs = 10_000;

const uuid = (n: number): string => `019ab0c4-5d00-7000-8000-${n.toString(16).padStart(12, '0')}`;
const passOf = (bytes: Uint8Array): Pass => {
  const parsed = parsePassBytes(bytes);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.pass;
};

/** Phones as they are in the field: ES256. */
const createCrowd = () => {
  const crowd = Array.from({ length: phones }, (_, n) => createPhone(`claim ${n}`, 'ES256'));
  let shown = 0;
  return {
    rows: crowd.map((phone, n) => phone.row(uuid(n))),
    next: (): Pass => {
      const phone = crowd[shown % phones] ?? createPhone('never', 'ES256');
      const counter = 1 + Math.floor(shown / phones);
      shown += 1;
      return passOf(phone.pass({ iat: Math.floor(Date.now() / 1000), counter }));
    },
  };
};

const createGroup = async (dir: string, crowd: ReturnType<typeof createCrowd>) => {
  const certificates = await createCertificates();
  const group = { ...claimGroup('gw-1', 'gw-2', 'gw-3', 'gw-4', 'gw-5'), port: await freePort() };
  const clock = createSystemClock();
  const log = createSilentLog();
  const random = (length: number): Uint8Array => randomBytes(length);
  const primitives = createPrimitives();
  const portsOf = async (gateway: string) => ({
    ...{ clock, random, primitives, log },
    claims: createClaimPorts({
      ...{ secrets: await certificates.issue(gateway), listen: '127.0.0.1', log },
    }),
  });
  const roster = createRoster(primitives);
  roster.put({ section: 'site', campus: 'campus-01', site: 'main', zone: 'Asia/Shanghai' });
  for (const row of crowd.rows) roster.put(row);
  const journal = createJournal({
    ...{ gateway: 'gw-1', file: join(dir, 'journal.sqlite'), bytesMax: journalBytesDefault },
    ...{ random, nowMs: clock.nowMs, log },
  });
  await journal.open();
  const authority = createAuthority({
    ports: { clock, journal, primitives },
    keeper: { roster: () => roster, revocations: createRevocations() },
    marks: createMarks(),
    quality: () => 'trusted',
    fenceMs: () => undefined,
  });
  const serving = createServing({
    ports: await portsOf('gw-1'),
    ...{ group, authority, after: Promise.resolve(), onState: () => undefined },
  });
  const connected = new Set<string>();
  const members = await Promise.all(
    group.members.slice(1).map(async (gateway) => {
      const ports = await portsOf(gateway);
      const onState = (isReachable: boolean): void => {
        if (isReachable) connected.add(gateway);
      };
      return createMember({ ports, gateway, group, onState });
    }),
  );
  const deadlineMs = performance.now() + connectedWithinMs;
  while (connected.size < members.length && performance.now() < deadlineMs) await delay(20);
  const stop = async (): Promise<void> => {
    for (const member of members) await member.stop();
    await serving.stop();
    await journal.close();
  };
  return { members, stop };
};

/** Evenly spread between half and one and a half of the average: no beat with any timer. */
const soon = (everyMs: number): Promise<void> => delay(everyMs * (0.5 + Math.random()));

const askAll = async (
  members: readonly Member[],
  crowd: ReturnType<typeof createCrowd>,
  count: number,
): Promise<{ readonly tookMs: readonly number[]; readonly unanswered: number }> => {
  const tookMs: number[] = [];
  let unanswered = 0;
  const one = async (n: number): Promise<void> => {
    const use = { pass: crowd.next(), audience: 'campus-01', door: 'east-gate' };
    const fromMs = performance.now();
    const asked = await members[n % members.length]?.claim(use);
    // Silence counts too, by all that somebody waited for it.
    tookMs.push(performance.now() - fromMs);
    if (asked?.verdict !== 'granted') unanswered += 1;
  };
  const running: Promise<void>[] = [];
  for (let n = 0; n < count; n += 1) {
    running.push(one(n));
    await soon(askEveryMs);
  }
  await Promise.all(running);
  return { tookMs, unanswered };
};

/** The disk's own sync, all the time beside it. */
const syncDisk = async (dir: string, isOver: () => boolean): Promise<readonly number[]> => {
  const file = await open(join(dir, 'sync'), 'w');
  const bytes = Buffer.alloc(commitBytes, 1);
  const tookMs: number[] = [];
  while (!isOver()) {
    await soon(diskEveryMs);
    const fromMs = performance.now();
    await file.write(bytes, 0, bytes.length, 0);
    await file.datasync();
    tookMs.push(performance.now() - fromMs);
  }
  await file.close();
  return tookMs;
};

export const bench = async () => {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-claim-'));
  const crowd = createCrowd();
  const { members, stop } = await createGroup(dir, crowd);
  try {
    await askAll(members, crowd, warmUp);
    let over = false;
    const syncing = syncDisk(dir, () => over);
    const { tookMs, unanswered } = await askAll(members, crowd, asks);
    over = true;
    const syncMs = await syncing;
    const [p50Ms, p99Ms] = [percentile(tookMs, 50), percentile(tookMs, 99)];
    const syncP50Ms = percentile(syncMs, 50);
    return {
      bench: 'claim',
      figures: {
        p50Ms,
        p99Ms,
        unanswered,
        asks,
        syncP50Ms,
        syncP99Ms: percentile(syncMs, 99),
      },
      ratio: p50Ms / syncP50Ms,
      limit: `p50 of write + fdatasync of ${commitBytes} bytes on the same disk`,
      aim: null,
      met: p99Ms <= aimP99Ms,
    };
  } finally {
    await stop();
    await rm(dir, { recursive: true, force: true });
  }
};
