import { createHash } from 'node:crypto';
import { catalogueOf, readModelFiles } from '@gatehouse/device-profiles';
import { describe, expect, it } from 'vitest';
import type { ProfileKept } from '../ports.ts';
import { createEditions } from './editions.ts';

const files = await readModelFiles();
const builtIns = catalogueOf(files);
const id = 'gatehouse-turnstile-t1';
const released = files.find(({ name }) => name.endsWith(`/${id}.yaml`))?.text ?? '';
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

const textOf = (version: string, name = id): string =>
  released.replace(/^id: .*$/m, `id: ${name}`).replace(/^profile: .*$/m, `profile: ${version}`);
const row = (version: string, text = textOf(version), name = id) =>
  ({ section: 'profile', id: name, mode: 'live', version, text }) as const;
const digest = (text: string): string => Buffer.from(sha256(Buffer.from(text))).toString('hex');
const good = (version: string): ProfileKept => ({
  id,
  inForce: { version, text: textOf(version) },
});
const tried = (version: string): NonNullable<ProfileKept['refused']> => ({
  ...{ version, sha256: digest(textOf(version)), why: 'silent' },
});

/** What the cloud sent, what this box kept; what runs, and why not what was sent. */
const rows: readonly (readonly [
  string,
  ReturnType<typeof row> | undefined,
  ProfileKept | undefined,
  string,
  RegExp | undefined,
])[] = [
  ['nothing custom', undefined, undefined, '1.0.0 built in', undefined],
  ['a higher one', row('1.1.0'), undefined, '1.1.0', undefined],
  ['what the release has caught up with', row('1.0.0'), undefined, '1.0.0 built in', undefined],
  ['no YAML', row('1.1.0', '{'), undefined, '1.0.0 built in', /profile.yaml:1/],
  ['no YAML, over a good one', row('1.2.0', '{'), good('1.1.0'), '1.1.0', /profile.yaml:1/],
  [
    'another version than it says',
    row('1.2.0', textOf('1.3.0')),
    undefined,
    '1.0.0 built in',
    /na/,
  ],
  ['another profile', row('1.2.0', textOf('1.2.0', 'x')), undefined, '1.0.0 built in', /names/],
  [
    'one that was tried and taken back',
    row('1.2.0'),
    { ...good('1.1.0'), refused: tried('1.2.0') },
    '1.1.0',
    /silent/,
  ],
  [
    'the next after one that was taken back',
    row('1.3.0'),
    { ...good('1.1.0'), refused: tried('1.2.0') },
    '1.3.0',
    undefined,
  ],
  ['taken back by the cloud', undefined, good('1.1.0'), '1.0.0 built in', undefined],
  ['no YAML, and the release is later', row('1.1.0', '{'), good('0.9.0'), '1.0.0 built in', /./],
];

describe('which version of a profile runs', () => {
  const editions = createEditions(builtIns, { sha256 });
  it.each(rows)('%s', (_, sent, kept, runs, why) => {
    const { edition, refused } = editions.choose(id, sent, kept);
    const version = edition?.profile.profile ?? '';
    expect(edition?.custom === undefined ? `${version} built in` : version).toBe(runs);
    if (why === undefined) expect(refused).toBeUndefined();
    else expect(refused?.why).toMatch(why);
  });

  it('of an id of its own there may be none, and what runs is taken from nobody', () => {
    const own = 'my-gate';
    expect(editions.choose(own, undefined, undefined).edition).toBeUndefined();
    const kept = { id: own, inForce: { version: '0.1.0', text: textOf('0.1.0', own) } };
    expect(editions.choose(own, undefined, kept).edition?.profile.profile).toBe('0.1.0');
  });

  it('begins with what went well, and not with what waits to be tried', () => {
    expect(editions.first(id, row('1.2.0'), good('1.1.0'))?.profile.profile).toBe('1.1.0');
    expect(editions.first(id, row('1.2.0'), undefined)?.custom).toBeUndefined();
    const own = row('0.1.0', textOf('0.1.0', 'my-gate'), 'my-gate');
    expect(editions.first('my-gate', own, undefined)?.profile.profile).toBe('0.1.0');
  });
});
