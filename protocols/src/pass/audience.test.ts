import { describe, expect, it } from 'vitest';
import { signatureAlgorithms } from '../primitives.ts';
import { toBase64Url } from '../bytes.ts';
import {
  attendAudience,
  attendReaderAudiences,
  campusAudience,
  doorAudience,
  doorReaderAudiences,
  doorRequestAudiences,
  duressAudience,
  impliedHeader,
  kindOf,
  payAudience,
  payReaderAudiences,
  prepareAudiences,
  zoneAudience,
} from './audience.ts';
import { audienceVectors } from './audience.vectors.ts';

const campus = 'campus-01';
const session = '019ab0c4-5d00-7c3e-8f21-0a1b2c3d4e5f';

const names = (audiences: ReturnType<typeof prepareAudiences>) => ({
  accepted: audiences.accepted.map(({ audience }) => audience),
  otherKind: audiences.otherKind.map(({ audience }) => audience),
});

describe('audience', () => {
  it.each(audienceVectors)('$audience: kind, duress and header ($source)', (vector) => {
    expect(kindOf(vector.audience)).toBe(vector.kind);
    const [prepared] = prepareAudiences([vector.audience]).accepted;
    expect(prepared?.duress).toBe(vector.duress);
    for (const alg of signatureAlgorithms) {
      const header = impliedHeader(alg, vector.audience);
      expect(toBase64Url(header)).toBe(vector.header[alg]);
      expect(new TextDecoder().decode(header)).toBe(
        `{"alg":"${alg}","typ":"gate+jws","aud":"${vector.audience}"}`,
      );
      expect(new TextDecoder().decode(prepared?.prefixes[alg])).toBe(`${vector.header[alg]}.`);
    }
  });

  it('is built in each form', () => {
    const inZone = zoneAudience({ campus, zone: 'library-stacks' });
    const atDoor = doorAudience({ campus, door: 'lab-3-201' });
    expect([
      campusAudience(campus),
      inZone,
      atDoor,
      payAudience(campus),
      attendAudience({ campus, session }),
      duressAudience(campus),
      duressAudience(inZone),
      duressAudience(atDoor),
    ]).toEqual(audienceVectors.map(({ audience }) => audience));
  });

  it.each([
    ['', 'empty'],
    ['Campus', 'upper case'],
    ['campus-01/', 'empty segment'],
    ['campus-01/gate', 'no such form'],
    ['campus-01/zone', 'a zone without its id'],
    ['campus-01/zone/a/b', 'too long'],
    ['campus-01/pay/duress', 'paying has no silent alarm'],
    [`campus-01/attend/${session}/duress`, 'attending has no silent alarm'],
    ['campus-01/duress/duress', 'twice'],
    ['campus-01/operate/gw-1', 'made for another typ'],
    ['campus-01/door/a"b', 'a quote'],
  ])('%j is no audience: %s', (text) => {
    expect(kindOf(text)).toBeUndefined();
    expect(() => prepareAudiences([text])).toThrow(RangeError);
  });

  it.each([
    ['campus-01/zone/duress', 'door', false],
    ['campus-01/door/duress', 'door', false],
    ['campus-01/zone/duress/duress', 'door', true],
    ['pay/pay', 'pay', false],
    ['duress', 'door', false],
  ])('%s: an id may be a word of the form', (text, kind, duress) => {
    const [prepared] = prepareAudiences([text]).accepted;
    expect(prepared).toMatchObject({ kind, duress });
  });

  it('bounds what one reader tries', () => {
    const zones = ['a', 'b', 'c', 'd', 'e'].map((zone) => zoneAudience({ campus, zone }));
    const sessions = ['1', '2', '3'].map((id) => attendAudience({ campus, session: id }));
    expect(() => prepareAudiences(zones.slice(0, 4), sessions.slice(0, 2))).not.toThrow();
    expect(() => prepareAudiences(zones)).toThrow(RangeError);
    expect(() => prepareAudiences([campus], sessions)).toThrow(RangeError);
    expect(() => prepareAudiences([])).toThrow(RangeError);
    expect(() => prepareAudiences([campus], [zones[0] ?? ''])).toThrow(RangeError);
  });

  it('has a set for each kind of reader', () => {
    expect(names(doorReaderAudiences({ campus }))).toEqual({
      accepted: ['campus-01', 'campus-01/duress'],
      otherKind: ['campus-01/pay'],
    });
    expect(names(doorReaderAudiences({ campus, zone: 'z' }))).toEqual({
      accepted: ['campus-01', 'campus-01/duress', 'campus-01/zone/z', 'campus-01/zone/z/duress'],
      otherKind: ['campus-01/pay'],
    });
    expect(names(doorRequestAudiences({ campus, door: 'd' }))).toEqual({
      accepted: ['campus-01/door/d', 'campus-01/door/d/duress'],
      otherKind: ['campus-01/pay'],
    });
    expect(names(payReaderAudiences(campus))).toEqual({
      accepted: ['campus-01/pay'],
      otherKind: ['campus-01', 'campus-01/duress'],
    });
    expect(names(attendReaderAudiences({ campus, session }))).toEqual({
      accepted: [`campus-01/attend/${session}`],
      otherKind: ['campus-01', 'campus-01/pay'],
    });
  });
});
