import fc from 'fast-check';
import Value from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { fromHex } from './bytes.ts';
import { eventId, Id, isGatewayId, isId, parseEventId, streams, Uuid, uuidv7 } from './ids.ts';

const anyId = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,39}$/);

describe('ids', () => {
  it.each(['a', '7', 'lab-3-201', 'a--', 'x'.repeat(40)])('%j is one', (text) => {
    expect([isId(text), Value.Check(Id, text)]).toEqual([true, true]);
  });

  it.each(['', '-a', 'A', 'lab_3', 'lab 3', 'lab.3', 'lab/3', 'lab\n', '\nlab', 'é', '实验室'])(
    '%j is none',
    (text) => {
      expect([isId(text), Value.Check(Id, text)]).toEqual([false, false]);
    },
  );

  it('are at most 40 characters', () => {
    expect(isId('x'.repeat(41))).toBe(false);
  });

  it.each([
    ['gw-1', true],
    ['cloud', false],
    ['claim', false],
    ['cloud-1', true],
    ['', false],
  ])('gateway id %j: %s', (text, is) => {
    expect(isGatewayId(text)).toBe(is);
  });
});

describe('event ids', () => {
  const anyRef = fc.record({
    gateway: anyId,
    epoch: fc.stringMatching(/^[0-9a-f]{8}$/),
    stream: fc.constantFrom(...streams),
    seq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  });

  it('read back what they wrote', () => {
    fc.assert(
      fc.property(anyRef, (ref) => {
        expect(parseEventId(eventId(ref))).toEqual(ref);
      }),
    );
  });

  it('have one text each: what is read is written again unchanged', () => {
    const part = fc.constantFrom('gw', '0000cafe', 'main', 'urgent', '1', '01', '', '1e3', '-1');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        const text = parts.join('.');
        const ref = parseEventId(text);
        if (ref !== undefined) expect(eventId(ref)).toBe(text);
      }),
    );
  });

  it.each([
    '',
    'gw-1.0000cafe.main',
    'gw-1.0000cafe.main.0',
    'gw-1.0000cafe.main.01',
    'gw-1.0000cafe.main.-1',
    'gw-1.0000cafe.main.1.5',
    'gw-1.0000cafe.main.1e3',
    'gw-1.0000cafe.main. 1',
    'gw-1.0000cafe.main.1\n',
    'gw-1.0000cafe.main.9007199254740992',
    'gw-1.0000cafe.money.1',
    'gw-1.0000cafe.constructor.1',
    'gw-1.0000CAFE.main.1',
    'gw-1.cafe.main.1',
    'GW-1.0000cafe.main.1',
    '.0000cafe.main.1',
  ])('%j is none', (text) => {
    expect(parseEventId(text)).toBeUndefined();
  });
});

describe('uuidv7', () => {
  it('is the example of RFC 9562, appendix A.6', () => {
    // rand_a = 0xCC3, rand_b = 0b01, 0x8C4DC0C0C07398F; the version and variant bits are ours.
    const random = fromHex('0cc318c4dc0c0c07398f') ?? new Uint8Array();
    expect(uuidv7(0x017f22e279b0, random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
  });

  const anyTime = fc.integer({ min: 0, max: 2 ** 48 - 1 });
  const anyRandom = fc.uint8Array({ minLength: 10, maxLength: 16 });

  it('is one for every time and every random', () => {
    fc.assert(
      fc.property(anyTime, anyRandom, (atMs, random) => {
        const text = uuidv7(atMs, random);
        expect(Value.Check(Uuid, text)).toBe(true);
        expect(parseInt(text.replaceAll('-', '').slice(0, 12), 16)).toBe(atMs);
      }),
    );
  });

  it('sorts by time', () => {
    fc.assert(
      fc.property(anyTime, anyTime, anyRandom, (a, b, random) => {
        fc.pre(a < b);
        expect(uuidv7(a, random) < uuidv7(b, random)).toBe(true);
      }),
    );
  });
});
