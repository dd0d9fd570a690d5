import { describe, expect, it } from 'vitest';
import { readModelFiles } from '../adapters/model-files.ts';
import { profileOf } from '../testing/profiles.ts';
import { diffProfiles } from './diff-profiles.ts';

const files = await readModelFiles();
const textOf = (id: string): string => {
  const text = files.find(({ name }) => name.endsWith(`/${id}.yaml`))?.text;
  if (text === undefined) throw new Error(`no profile ${id}`);
  return text;
};

const lines = (id: string, from: string, to: string): readonly string[] => {
  const text = textOf(id);
  if (!text.includes(from)) throw new Error(`${id} has no ${from}`);
  const { changes, demands } = diffProfiles(profileOf(text), profileOf(text.replace(from, to)));
  return [demands ?? 'same', ...changes.map((one) => `${one.level} ${one.path} ${one.what}`)];
};

const h1 = 'gatehouse-scanner-h1';
const n1 = 'gatehouse-scanner-n1';

/** What is changed; what it demands, and the line that says why. */
const rows: readonly (readonly [string, string, string, string, string, RegExp])[] = [
  [
    'another layout',
    ...[h1, 'layout: us', 'layout: de', 'major'],
    /major vectors\.\d+ .*(?:fault|text) .*\(invented\)/,
  ] as const,
  ['another end key', h1, 'endKey: enter', 'endKey: tab', 'major', /keyboard\.endKey enter → tab/],
  ['a longer line', h1, 'charsMax: 512', 'charsMax: 600', 'minor', /charsMax 512 → 600/],
  [
    'USB ids',
    ...[h1, 'charsMax: 512', "charsMax: 512\n    usb: '05f9:2203'", 'major'],
    /keyboard\.usb nothing → 05f9:2203/,
  ] as const,
  [
    'another prefix',
    ...[h1, "text: ']z0{event.text}'", "text: ']z1{event.text}'", 'major'],
    /messages\.aztec .*event\.scan\.text/,
  ] as const,
  [
    'another field of a request',
    ...[n1, 'fields: { code: event.text }', 'fields: { data: event.text }', 'major'],
    /messages\.scan .*event\.scan told → nothing/,
  ] as const,
  [
    'values that change places',
    ...[
      n1,
      'relay: state.release, cover: state.tamper',
      'relay: state.tamper, cover: state.release',
      'major',
    ],
    /messages\.status .*state\.(?:tamper|release) (?:true → false|false → true)/,
  ] as const,
  [
    'another place of the secret',
    ...[n1, 'name: X-Device-Key', 'name: X-Key', 'major'],
    /push\.secret .*X-Device-Key.* → .*X-Key/,
  ] as const,
  ['less time', n1, 'answerWithinMs: 1500', 'answerWithinMs: 900', 'minor', /answerWithinMs 1500/],
  [
    'a status that is the usual one',
    ...[n1, `granted: { body`, `granted: { status: 200, body`, 'patch'],
    /push\.answers granted\.status nothing → 200; answers the same/,
  ] as const,
  [
    'another answer',
    ...[n1, '{{"ok":true}}', '{{"ok":1}}', 'major'],
    /push\.answers accepted: \{"ok":true\} → \{"ok":1\}/,
  ] as const,
];

describe('what a change of a scanner without a line demands', () => {
  it.each(rows)('%s', (_, id, from, to, demands, line) => {
    const [demanded, ...changes] = lines(id, from, to);
    expect([demanded, changes.join('\n')]).toEqual([demands, expect.stringMatching(line)]);
  });
});
