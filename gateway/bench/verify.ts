/**
 * Verification and memory of a large school.
 *
 * From the text of a pass to its judgement, against raw node:crypto P-256 verification with an
 * imported key: the least that any verifier must spend. CPU time of the whole process, garbage
 * collection included, in interleaved rounds, because wall time says little on a shared machine.
 */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import {
  assemblePass,
  buildPassBody,
  doorReaderAudiences,
  judgePass,
  parsePass,
  passText,
  signingInput,
} from '@gatehouse/protocols';
import type { EnrolledKey, PassMark } from '@gatehouse/protocols';
import { createPrimitives, importedKeysMax } from '../src/adapters/primitives.ts';

const cardsTotal = 140_000;
const rounds = 200;
/** Enough for the compiler to be done: a gateway runs for months. */
const warmUpRounds = 50;
const scansPerRound = 40;
/** Each cold scan is of a card that was not seen before in this run. */
const coldCards = (rounds + warmUpRounds) * scansPerRound;
const aims = { hot: 0.85, cold: 0.55, memoryMB: 150 } as const;

const campus = 'campus-01';
const iat = 1_795_293_000;

const rawKeyBytes = 65;

/** Raw keys in one buffer: objects for 140,000 keys would have the collector walk them all. */
type Roster = { readonly rowOf: Map<string, number>; readonly rawKeys: Uint8Array };
type Card = {
  readonly text: string;
  readonly data: Uint8Array;
  readonly signature: Uint8Array;
  readonly publicKey: KeyObject;
};

const newCredential = (): string => randomBytes(8).toString('hex');

const addKey = ({ rowOf, rawKeys }: Roster, credential: string, rawKey: Uint8Array): void => {
  rawKeys.set(rawKey, rowOf.size * rawKeyBytes);
  rowOf.set(credential, rowOf.size);
};

const findKey = ({ rowOf, rawKeys }: Roster, credential: string): EnrolledKey | undefined => {
  const row = rowOf.get(credential);
  if (row === undefined) return undefined;
  const rawKey = rawKeys.subarray(row * rawKeyBytes, (row + 1) * rawKeyBytes);
  return { alg: 'ES256', rawKey, status: 'live' };
};

/** A phone with its key in the roster and one fresh pass. */
const enrol = (roster: Roster): Card => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rawKey = new Uint8Array(
    publicKey.export({ format: 'der', type: 'spki' }).subarray(-rawKeyBytes),
  );
  const fields = { alg: 'ES256', credential: newCredential(), iat, counter: 1 } as const;
  const data = signingInput(fields, campus);
  const signature = sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  addKey(roster, fields.credential, rawKey);
  // Through bytes, as from a scanner: a text still made of its parts would be joined in the gate.
  const text = Buffer.from(passText(assemblePass(buildPassBody(fields), signature))).toString();
  return { text, data, signature, publicKey };
};

/** Cards that nobody scans here: they make the roster as large as a real one. */
const fillRoster = (roster: Roster): void => {
  while (roster.rowOf.size < cardsTotal) {
    addKey(roster, newCredential(), randomBytes(rawKeyBytes));
  }
};

const createGate = (roster: Roster) => {
  const primitives = createPrimitives();
  const marks = new Map<string, PassMark>();
  const fixed = {
    nowMs: iat * 1000 + 5000,
    fenceMs: iat * 1000 - 60_000,
    audiences: doorReaderAudiences({ campus, zone: 'library' }),
    doorId: 'library-east',
  };
  return ({ text }: Card): boolean => {
    const parsed = parsePass(text);
    if (!parsed.ok) return false;
    const { pass } = parsed;
    const key = findKey(roster, pass.credential);
    const mark = marks.get(pass.credential);
    return judgePass(pass, { ...fixed, key, mark }, primitives).ok;
  };
};

/** @returns CPU microseconds of one round; throws where a good pass is refused */
const cpuUsOf = (cards: readonly Card[], accepts: (card: Card) => boolean): number => {
  const before = process.cpuUsage();
  let accepted = 0;
  for (const card of cards) if (accepts(card)) accepted += 1;
  const { user, system } = process.cpuUsage(before);
  if (accepted !== cards.length) throw new Error('a good pass was refused');
  return user + system;
};

const acceptsRaw = ({ data, signature, publicKey }: Card): boolean =>
  verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);

/** A young generation and malloc arenas that fit a box of 1 GB; V8's own choice is for servers. */
const boxFlags = ['--max-semi-space-size=4', '--expose-gc'];
const boxEnvironment = { MALLOC_ARENA_MAX: '2' };

/** Resident memory of a process with all modules of a gateway and 140,000 cards, in MB. */
const measureMemory = (): number => {
  const file = fileURLToPath(new URL('./roster-memory.ts', import.meta.url));
  const env = { ...process.env, ...boxEnvironment };
  const text = execFileSync(process.execPath, [...boxFlags, file], { encoding: 'utf8', env });
  // The line that the file named above prints.
  const { rss } = JSON.parse(text) as { readonly rss: number };
  return rss / 1e6;
};

export const bench = async () => {
  const roster: Roster = {
    rowOf: new Map(),
    rawKeys: new Uint8Array(cardsTotal * rawKeyBytes),
  };
  const hot = Array.from({ length: scansPerRound }, () => enrol(roster));
  const cold = Array.from({ length: coldCards }, () => enrol(roster));
  fillRoster(roster);
  const judges = createGate(roster);
  const coldJudges = createGate(roster);

  const sumUs = { raw: 0, hot: 0, cold: 0 };
  for (let round = 0; round < warmUpRounds + rounds; round += 1) {
    const coldRound = cold.slice(round * scansPerRound, (round + 1) * scansPerRound);
    const us = {
      raw: cpuUsOf(hot, acceptsRaw),
      hot: cpuUsOf(hot, judges),
      cold: cpuUsOf(coldRound, coldJudges),
    };
    if (round < warmUpRounds) continue;
    sumUs.raw += us.raw;
    sumUs.hot += us.hot;
    sumUs.cold += us.cold;
  }
  const scans = rounds * scansPerRound;
  const ratio = sumUs.raw / sumUs.hot;
  const coldRatio = sumUs.raw / sumUs.cold;
  const memoryMB140k = measureMemory();
  return {
    bench: 'verify',
    figures: {
      rawCpuUs: sumUs.raw / scans,
      hotCpuUs: sumUs.hot / scans,
      coldCpuUs: sumUs.cold / scans,
      hotRatio: ratio,
      coldRatio,
      coldAim: aims.cold,
      cards: roster.rowOf.size,
      keysKept: importedKeysMax,
      memoryMB140k,
      memoryAimMB: aims.memoryMB,
    },
    ratio,
    limit: 'raw node:crypto P-256 verify in the same run',
    aim: aims.hot,
    met: ratio >= aims.hot && coldRatio >= aims.cold && memoryMB140k <= aims.memoryMB,
  };
};
