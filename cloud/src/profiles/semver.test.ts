import { describe, expect, it } from 'vitest';
import { compareVersions, isHigher } from './semver.ts';
import { versionBefore } from './changes.ts';
import type { VersionRow } from './version-rows.ts';

describe('versions', () => {
  it.each([
    ['1.0.0', '1.0.0', 0],
    ['1.0.1', '1.0.0', 1],
    ['1.10.0', '1.9.9', 1],
    ['2.0.0', '10.0.0', -1],
    ['0.0.9', '0.1.0', -1],
  ])('%s to %s', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
    expect(isHigher(a, b)).toBe(sign > 0);
  });

  it('is above nothing at all', () => {
    expect(isHigher('0.0.0', undefined)).toBe(true);
  });
});

const author = { id: 'p', name: { zh: '', en: '' } };
const row = (version: string, isPublished: boolean): VersionRow => ({
  ...{ id: 'x', version, text: '', sha256: '', author, note: '', publishedBy: null },
  createdAt: new Date(0),
  publishedAt: isPublished ? new Date(0) : null,
});

/** Live, versions that were published, drafts, built in; what one click brings back. */
const backs: readonly (readonly [
  string | undefined,
  readonly string[],
  readonly string[],
  string | undefined,
  ReturnType<typeof versionBefore>,
])[] = [
  [undefined, [], [], '1.0.0', undefined],
  ['1.1.0', ['1.1.0'], [], '1.0.0', { version: '1.0.0', isBuiltIn: true }],
  ['1.1.0', ['1.1.0'], [], undefined, undefined],
  ['1.2.0', ['1.1.0', '1.2.0'], [], '1.0.0', { version: '1.1.0', isBuiltIn: false }],
  ['1.1.0', ['1.1.0', '1.2.0'], [], '1.0.0', { version: '1.0.0', isBuiltIn: true }],
  ['1.2.0', ['1.2.0'], ['1.1.0'], undefined, undefined],
  ['1.10.0', ['1.9.0', '1.2.0', '1.10.0'], [], undefined, { version: '1.9.0', isBuiltIn: false }],
  // The release has caught up with the one before: it is as good as gone.
  ['1.3.0', ['1.1.0', '1.3.0'], [], '1.2.0', { version: '1.2.0', isBuiltIn: true }],
];

describe('one click back', () => {
  it.each(backs)('from %s of %j and drafts %j over %s', (live, published, drafts, builtIn, to) => {
    const rows = [...published.map((v) => row(v, true)), ...drafts.map((v) => row(v, false))];
    expect(versionBefore(live, rows, builtIn)).toEqual(to);
  });
});
