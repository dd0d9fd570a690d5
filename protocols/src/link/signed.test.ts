import Value from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { languages } from '../text.ts';
import { commandFailures } from './command-failures.table.ts';
import {
  Command,
  Delta,
  KeyList,
  Manifest,
  RevocationEntry,
  signedTypes,
  UnknownRevocation,
} from './signed.ts';

const uuid = '019ab0c4-5d00-7000-8000-000000000001';
const sha = 'ab'.repeat(32);
const command = {
  id: uuid,
  gateway: 'gw-1',
  session: '0123456789abcdef',
  beat: 3,
  ttlMs: 10_000,
  door: 'lab',
  action: 'unlock',
  actor: uuid,
  reason: '',
};
const manifest = {
  gateway: 'gw-1',
  policyEpoch: 1,
  version: 2,
  sha256: sha,
  bytes: 3,
  format: 'ndjson+zstd',
  state: sha,
  issuedAt: 4,
};
const delta = { gateway: 'gw-1', policyEpoch: 1, from: 1, to: 2, ops: [], state: sha, issuedAt: 4 };
const entry = { policyEpoch: 1, n: 1, at: 1, what: { kind: 'card.frozen', card: uuid } };
const key = {
  kid: 'k1',
  use: 'policy',
  jwk: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' },
  from: 0,
  to: 1,
};

describe('what is signed', () => {
  it.each([
    ['a command', Command, command, true],
    ['a command that lives long', Command, { ...command, ttlMs: 10_001 }, false],
    ['a command of another kind', Command, { ...command, action: 'open-all' }, false],
    ['a command without a session', Command, { ...command, session: undefined }, false],
    ['a manifest', Manifest, manifest, true],
    ['a manifest of another format', Manifest, { ...manifest, format: 'xml' }, false],
    ['a manifest with half a hash', Manifest, { ...manifest, sha256: sha.slice(2) }, false],
    [
      'a delta',
      Delta,
      { ...delta, ops: [{ put: 1 }, { del: { section: 'card', key: 'x' } }] },
      true,
    ],
    ['a delta with another op', Delta, { ...delta, ops: [{ move: 1 }] }, false],
    ['a revocation', RevocationEntry, entry, true],
    [
      'a revocation of what we do not know',
      RevocationEntry,
      { ...entry, what: { kind: 'x' } },
      false,
    ],
    [
      'an unknown revocation, as one that counts',
      UnknownRevocation,
      { ...entry, what: { kind: 'plate.revoked', plate: 'A1' } },
      true,
    ],
    ['a known revocation is no unknown one', UnknownRevocation, entry, false],
    [
      'nor is it with other fields',
      UnknownRevocation,
      { ...entry, what: { kind: 'uid.revoked' } },
      false,
    ],
    [
      'a name that begins like a known one',
      UnknownRevocation,
      { ...entry, what: { kind: 'uid.revoked_all' } },
      true,
    ],
    ['a key list', KeyList, { serial: 1, issuedAt: 1, keys: [key] }, true],
    [
      'a key of another curve',
      KeyList,
      { serial: 1, issuedAt: 1, keys: [{ ...key, jwk: { ...key.jwk, crv: 'P-521' } }] },
      false,
    ],
  ])('%s', (_, schema, value, valid) => {
    expect(Value.Check(schema, value)).toBe(valid);
  });

  it('has a typ of its own for each thing', () => {
    const types = Object.values(signedTypes);
    expect(new Set(types).size).toBe(types.length);
  });
});

it.each(Object.entries(commandFailures))('failure %s speaks both languages', (code, text) => {
  expect(code).toMatch(/^[a-z_]+$/);
  for (const language of languages) expect(text[language]).not.toBe('');
});
