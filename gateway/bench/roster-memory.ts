/**
 * Resident memory of a gateway's program with the roster of a large school, measured in a process
 * of its own: started by `verify.ts`, prints one line of JSON.
 */
import { randomBytes } from 'node:crypto';
import { uuidv7 } from '@gatehouse/protocols';
import type { PolicyRow } from '@gatehouse/protocols';
import { createPrimitives } from '../src/adapters/primitives.ts';
import { createGateway } from '../src/gateway.ts';
import { createRoster } from '../src/policy/roster.ts';

const cardsTotal = 140_000;
const startMs = Date.UTC(2026, 8, 1);
const rawKeyBytes = 65;
const groupsTotal = 400;

/** As a snapshot has them: each row is a line of JSON, so no two rows share a string. */
function* lines(): Generator<string> {
  for (let n = 0; n < cardsTotal; n += 1) {
    const id = uuidv7(startMs + n, randomBytes(10));
    const card: PolicyRow = {
      section: 'card',
      id,
      person: uuidv7(startMs + n, randomBytes(10)),
      groups: ['everybody', `group-${n % groupsTotal}`, `class-${n % (7 * groupsTotal)}`],
      validFrom: startMs,
      validTo: startMs + 4 * 365 * 24 * 3600 * 1000 + (n % 4),
    };
    const key = randomBytes(rawKeyBytes);
    key[0] = 4;
    const credential: PolicyRow = {
      section: 'credential',
      id: randomBytes(8).toString('hex'),
      card: id,
      alg: 'ES256',
      key: key.toString('base64url'),
    };
    yield JSON.stringify(card);
    yield JSON.stringify(credential);
  }
}

const roster = createRoster(createPrimitives());
for (const line of lines()) {
  // A row that we have just written.
  roster.put(JSON.parse(line) as PolicyRow);
}

// As V8 does by itself under memory pressure; without it the figure says how busy the loading was.
globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
// Named, so that all of a gateway's modules are loaded when this is measured.
const modules = typeof createGateway;
process.stdout.write(
  `${JSON.stringify({ rss, heapUsed, arrayBuffers, modules, digest: String(roster.digest()) })}\n`,
);
