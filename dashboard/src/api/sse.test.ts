import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSse, sseLineCharsMax, sseStart } from './sse.ts';
import type { SseMessage, SseState } from './sse.ts';

const readAll = (pieces: readonly string[]): readonly SseMessage[] => {
  const messages: SseMessage[] = [];
  let state: SseState = sseStart;
  for (const piece of pieces) {
    const step = readSse(state, piece);
    state = step.state;
    messages.push(...step.messages);
  }
  return messages;
};

const cases: readonly (readonly [string, string, readonly SseMessage[]])[] = [
  ['a message', 'data: a\n\n', [{ event: 'message', data: 'a', id: null }]],
  ['its event', 'event: use\ndata: a\n\n', [{ event: 'use', data: 'a', id: null }]],
  ['its id', 'id: 7\ndata: a\n\n', [{ event: 'message', data: 'a', id: '7' }]],
  ['two data lines', 'data: a\ndata: b\n\n', [{ event: 'message', data: 'a\nb', id: null }]],
  ['no space', 'data:a\n\n', [{ event: 'message', data: 'a', id: null }]],
  ['a comment alone', ': ping\n\n', []],
  ['half a message', 'data: a\n', []],
  [
    'other line ends',
    'data: a\r\n\r\ndata: b\r\r',
    [
      { event: 'message', data: 'a', id: null },
      { event: 'message', data: 'b', id: null },
    ],
  ],
  [
    'an id that stays',
    'id: 7\ndata: a\n\ndata: b\n\n',
    [
      { event: 'message', data: 'a', id: '7' },
      { event: 'message', data: 'b', id: '7' },
    ],
  ],
];

describe('readSse', () => {
  for (const [name, text, messages] of cases) {
    it(`reads ${name}`, () => {
      expect(readAll([text, ''].concat(text.endsWith('\r') ? [': \n'] : []))).toEqual(messages);
    });
  }

  it('reads the same however the bytes are cut', () => {
    const text = ': ping\n\nid: 12\nevent: change\ndata: {"a":1}\n\nid: 13\r\ndata: x\r\n\r\n';
    const whole = readAll([text]);
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), text.length];
        const pieces = at.slice(1).map((to, i) => text.slice(at[i], to));
        expect(readAll(pieces)).toEqual(whole);
      }),
    );
  });

  it('refuses a line without an end', () => {
    expect(() => readSse(sseStart, 'x'.repeat(sseLineCharsMax + 1))).toThrow(RangeError);
  });
});
