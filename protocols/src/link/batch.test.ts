import { zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from '../bytes.ts';
import {
  batchEventsMax,
  batchHeaderBytesMax,
  joinBatch,
  parseJson,
  readBatchBody,
  splitBatch,
} from './batch.ts';
import type { BatchHeader, Lost } from './batch.ts';
import { batchVectors } from './batch.vectors.ts';

const header: BatchHeader = {
  v: 1,
  gateway: 'gw-1',
  epoch: '0000cafe',
  stream: 'main',
  from: 1,
  to: 3,
  lost: [],
};
const clock = { q: 'trusted', boot: '0badc0de', mono: 1 };
const line = (seq: number, more: object = {}): string =>
  JSON.stringify({ seq, kind: 'door.closed', at: 1, clock, door: 'lab', data: {}, ...more });
const bodyOf = (seqs: readonly number[]): string => seqs.map((seq) => line(seq)).join('\n');
const hole = (from: number, to = from): Lost => ({
  from,
  to,
  journalClass: 'telemetry',
  why: 'thinned',
});

describe('a recorded batch', () => {
  it.each(batchVectors)('is read as it was written ($source)', (vector) => {
    const wire = fromHex(vector.wire) ?? new Uint8Array();
    const parts = splitBatch(wire);
    if (!parts.ok) throw new Error(parts.fault);
    expect(parts.header).toEqual(JSON.parse(vector.header));
    const body = new TextDecoder().decode(zstdDecompressSync(parts.body));
    const read = readBatchBody(parts.header, body);
    if (!read.ok) throw new Error(read.fault);
    expect(read.events.map(({ seq, kind }) => `${seq} ${kind}`)).toEqual(vector.events);
    expect(toHex(joinBatch(parts.header, parts.body))).toBe(vector.wire);
  });
});

describe('the header of a batch', () => {
  const withHeader = (text: string): Uint8Array => utf8(`${text}\nbody`);
  const changed = (change: object): Uint8Array =>
    withHeader(JSON.stringify({ ...header, ...change }));

  it.each([
    ['nothing', new Uint8Array(), 'no_header'],
    ['no line end', utf8(JSON.stringify(header)), 'no_header'],
    ['a line end too late', utf8(`${' '.repeat(batchHeaderBytesMax + 1)}\n`), 'no_header'],
    ['no JSON', withHeader('{"v":1'), 'bad_header'],
    ['bytes that are no UTF-8', Uint8Array.of(0xff, 0xfe, 0x0a), 'bad_header'],
    ['JSON that is no object', withHeader('[]'), 'bad_header'],
    ['another version', changed({ v: 2 }), 'bad_header'],
    ['a hostile gateway', changed({ gateway: '../gw' }), 'bad_header'],
    ['a hostile epoch', changed({ epoch: '0000CAFE' }), 'bad_header'],
    ['no stream of ours', changed({ stream: 'money' }), 'bad_header'],
    ['seq 0', changed({ from: 0 }), 'bad_header'],
    ['half a seq', changed({ from: 1.5 }), 'bad_header'],
    ['a seq beyond 2^53', changed({ to: 2 ** 53 }), 'bad_header'],
    ['to below from', changed({ from: 4 }), 'bad_header'],
    [
      'too many holes',
      changed({ lost: Array.from({ length: 1001 }, () => hole(1)) }),
      'bad_header',
    ],
    ['a hole of no class', changed({ lost: [{ ...hole(1), journalClass: 'x' }] }), 'bad_header'],
  ])('%s is a fault', (_, bytes, fault) => {
    expect(splitBatch(bytes)).toEqual({ ok: false, fault });
  });

  it('may carry fields of a later version, and a body that holds line ends', () => {
    const bytes = utf8(`${JSON.stringify({ ...header, later: true })}\na\nb`);
    expect(splitBatch(bytes)).toMatchObject({ ok: true, body: utf8('a\nb') });
  });

  it('may fill its bound', () => {
    const text = JSON.stringify(header).padEnd(batchHeaderBytesMax, ' ');
    expect(splitBatch(withHeader(text)).ok).toBe(true);
  });

  it('is answered, never thrown at', () => {
    const anyHead = fc.oneof(fc.json().map(utf8), fc.uint8Array({ maxLength: 400 }));
    fc.assert(
      fc.property(anyHead, fc.uint8Array({ maxLength: 40 }), (head, rest) => {
        const bytes = Uint8Array.of(...head, 0x0a, ...rest);
        expect(typeof splitBatch(bytes).ok).toBe('boolean');
      }),
    );
  });
});

describe('the body of a batch', () => {
  const many = (n: number) => bodyOf(Array.from({ length: n }, (_, i) => i + 1));

  it.each([
    ['one event too many', { to: batchEventsMax + 1 }, many(batchEventsMax + 1), 'too_many'],
    ['a line that is no JSON', {}, `${bodyOf([1, 2])}\n{`, 'bad_event'],
    ['an event without a clock', {}, `${bodyOf([1, 2])}\n${line(3, { clock: 1 })}`, 'bad_event'],
    ['a kind of another form', {}, `${bodyOf([1, 2])}\n${line(3, { kind: 'X' })}`, 'bad_event'],
    [
      'evidence of another length',
      {},
      `${bodyOf([1, 2])}\n${line(3, { evidence: 'AA' })}`,
      'bad_event',
    ],
    ['nothing', {}, '', 'seq_mismatch'],
    ['an event short', {}, bodyOf([1, 2]), 'seq_mismatch'],
    ['an event below', {}, bodyOf([1, 2, 3]).replace('"seq":1', '"seq":4'), 'seq_mismatch'],
    ['an event twice', {}, bodyOf([1, 2, 2, 3]), 'seq_mismatch'],
    ['events out of order', {}, bodyOf([2, 1, 3]), 'seq_mismatch'],
    ['an event above', {}, bodyOf([1, 2, 3, 4]), 'seq_mismatch'],
  ])('%s is a fault', (_, change, body, fault) => {
    expect(readBatchBody({ ...header, ...change }, body)).toEqual({ ok: false, fault });
  });

  it('may be as long as its bound, end in a line end, and hold unknown kinds', () => {
    const full = { ...header, to: batchEventsMax };
    expect(readBatchBody(full, `${many(batchEventsMax)}\n`).ok).toBe(true);
    expect(readBatchBody({ ...header, to: 1 }, line(1, { kind: 'robot.waved' })).ok).toBe(true);
  });

  // from-to | holes | events | accepted
  it.each([
    ['1-3', [hole(2)], [1, 3], true],
    ['1-3', [hole(1, 3)], [], true],
    ['1-6', [hole(4), hole(2, 3)], [1, 5, 6], true],
    ['1-6', [hole(2, 4), hole(3, 5)], [1, 6], true],
    ['3-4', [hole(1, 3)], [4], true],
    ['3-4', [hole(4, 9)], [3], true],
    ['1-3', [hole(2)], [1, 2, 3], true],
    ['1-3', [hole(3, 2)], [1, 2], false],
    ['1-6', [hole(2, 3)], [1, 5, 6], false],
    ['1-6', [hole(4, 6)], [1, 2], false],
    ['1-6', [hole(1, 4)], [5], false],
  ])('%s without %j and with %j: %s', (range, lost, seqs, accepted) => {
    const [from = 0, to = 0] = range.split('-').map(Number);
    expect(readBatchBody({ ...header, from, to, lost }, bodyOf(seqs)).ok).toBe(accepted);
  });

  it('is accepted exactly where each number is an event or declared lost', () => {
    const runs = fc.array(
      fc.record({
        length: fc.integer({ min: 1, max: 9 }),
        is: fc.constantFrom('events', 'lost', 'missing'),
      }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(runs, fc.integer({ min: 1, max: 1e9 }), (parts, from) => {
        const seqs: number[] = [];
        const lost: Lost[] = [];
        let next = from;
        for (const { length, is } of parts) {
          if (is === 'lost') lost.push(hole(next, next + length - 1));
          if (is === 'events') for (let i = 0; i < length; i += 1) seqs.push(next + i);
          next += length;
        }
        const { ok } = readBatchBody({ ...header, from, to: next - 1, lost }, bodyOf(seqs));
        expect(ok).toBe(!parts.some(({ is }) => is === 'missing'));
      }),
    );
  });

  it('is answered, never thrown at', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.constant(line(1))), (body) => {
        expect(typeof readBatchBody(header, body).ok).toBe('boolean');
      }),
    );
  });
});

it('JSON that is none is undefined', () => {
  expect([parseJson('{"a":1}'), parseJson('{'), parseJson('')]).toEqual([
    { a: 1 },
    undefined,
    undefined,
  ]);
});
