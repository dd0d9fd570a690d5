import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBase64Url, utf8 } from '../bytes.ts';
import { parseTopic } from '../link/topics.ts';
import { assemblePass, buildPassBody } from '../pass/pass.ts';
import {
  claimAnswerTopic,
  claimAskMember,
  claimAskTopic,
  claimBytesMax,
  claimVerdicts,
  mayUseClaimTopic,
  parseClaimAnswer,
  parseClaimAsk,
} from './claim.ts';
import { claimVectors } from './claim.vectors.ts';

const claimId = '019ab0c4-5d00-7000-8000-000000000001';
const body = buildPassBody({ alg: 'EdDSA', credential: '00a1b2c3d4e5f607', iat: 1, counter: 42 });
const bytes = assemblePass(body, new Uint8Array(64).fill(7));
const ask = { claimId, pass: toBase64Url(bytes), audience: 'campus-01', door: 'east-gate' };
const sent = (value: unknown): Uint8Array => utf8(JSON.stringify(value));

describe('the topics of a claim group', () => {
  it('are the words of the wire, and none of the link to the cloud', () => {
    const topics = [claimAskTopic('east', 'gw-1'), claimAnswerTopic('east', 'gw-1')];
    expect(topics).toEqual(['gh/v1/claim/east/ask/gw-1', 'gh/v1/claim/east/answer/gw-1']);
    expect(topics.map(parseTopic)).toEqual([undefined, undefined]);
  });

  it.each([
    ['gh/v1/claim/east/ask/gw-1', 'gw-1'],
    ['gh/v1/claim/west/ask/gw-1', undefined],
    ['gh/v1/claim/east/answer/gw-1', undefined],
    ['gh/v1/claim/east/ask/', undefined],
    ['gh/v1/claim/east/ask/+', undefined],
    ['gh/v1/claim/east/ask/claim', undefined],
    ['gh/v1/claim/east/ask/gw-1/x', undefined],
  ] as const)('%s is the ask of %s', (topic, member) => {
    expect(claimAskMember('east', topic)).toBe(member);
  });

  it.each([
    ['gw-1', 'publish', 'gh/v1/claim/east/ask/gw-1', true],
    ['gw-1', 'subscribe', 'gh/v1/claim/east/answer/gw-1', true],
    ['gw-1', 'publish', 'gh/v1/claim/east/ask/gw-2', false],
    ['gw-1', 'publish', 'gh/v1/claim/east/answer/gw-1', false],
    ['gw-1', 'publish', 'gh/v1/claim/west/ask/gw-1', false],
    ['gw-1', 'subscribe', 'gh/v1/claim/east/answer/gw-2', false],
    ['gw-1', 'subscribe', 'gh/v1/claim/east/ask/gw-1', false],
    ['gw-1', 'subscribe', 'gh/v1/claim/east/answer/+', false],
    ['gw-1', 'subscribe', '#', false],
    ['+', 'subscribe', 'gh/v1/claim/east/answer/+', false],
    ['', 'publish', 'gh/v1/claim/east/ask/', false],
  ] as const)('%s may %s %s: %s', (member, action, topic, may) => {
    expect(mayUseClaimTopic({ group: 'east', member }, action, topic)).toBe(may);
  });
});

describe('the wire of an earlier release', () => {
  it.each(claimVectors)('is read: $source', ({ ask: text, counter, answer, verdict }) => {
    const asked = parseClaimAsk(utf8(text));
    expect(asked).toMatchObject({ ask: { claimId }, pass: { counter } });
    expect(parseClaimAnswer(utf8(answer))).toMatchObject({ claimId, verdict });
  });
});

describe('an ask', () => {
  it('is read with its pass', () => {
    expect(parseClaimAsk(sent(ask))).toMatchObject({ ask, pass: { counter: 42, bytes } });
    const longest = { ...ask, audience: 'a'.repeat(130), door: 'd'.repeat(40) };
    expect(sent(longest).length).toBeLessThan(claimBytesMax);
    expect(parseClaimAsk(sent(longest))).toBeDefined();
  });

  it.each([
    ['of nothing', new Uint8Array()],
    ['of no JSON', utf8('{"claimId":')],
    ['of other JSON', sent([ask])],
    ['with another id', sent({ ...ask, claimId: 'x' })],
    ['with 80 bytes', sent({ ...ask, pass: toBase64Url(bytes.slice(1)) })],
    ['with another alphabet', sent({ ...ask, pass: `+${ask.pass.slice(1)}` })],
    ['with a pass of a later layout', sent({ ...ask, pass: toBase64Url(bytes.with(0, 0x22)) })],
    ['with a hostile door', sent({ ...ask, door: '../lab' })],
    ['without an audience', sent({ ...ask, audience: '' })],
    ['with a long audience', sent({ ...ask, audience: 'a'.repeat(131) })],
    ['with much beside it', sent({ ...ask, more: 'x'.repeat(claimBytesMax) })],
  ])('%s is none', (_, payload) => {
    expect(parseClaimAsk(payload)).toBeUndefined();
  });

  it('of any bytes is read or refused, and never throws', () => {
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 2 * claimBytesMax }),
      fc.json().map(utf8),
      fc
        .tuple(fc.nat(sent(ask).length - 1), fc.nat(255))
        .map(([at, byte]) => sent(ask).with(at, byte)),
    );
    fc.assert(
      fc.property(hostile, (payload) => {
        const claim = parseClaimAsk(payload);
        if (claim !== undefined) expect(claim.pass.bytes).toHaveLength(81);
        parseClaimAnswer(payload);
      }),
      { numRuns: 500 },
    );
  });
});

describe('an answer', () => {
  it.each(claimVerdicts)('%s is read', (verdict) => {
    expect(parseClaimAnswer(sent({ claimId, verdict }))).toEqual({ claimId, verdict });
  });

  it.each([
    ['another word', { claimId, verdict: 'perhaps' }],
    ['no id', { verdict: 'used' }],
    ['nothing', null],
  ])('with %s is none', (_, value) => {
    expect(parseClaimAnswer(sent(value))).toBeUndefined();
  });
});
