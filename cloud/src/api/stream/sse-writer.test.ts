import { describe, expect, it } from 'vitest';
import type { Clock } from '../../ports.ts';
import { createSseWriter, sseText } from './sse-writer.ts';
import type { SseSocket } from './sse-writer.ts';

/** A socket whose reader can be stopped. */
const fakeSocket = () => {
  const runs = new Map<string, () => void>();
  const state = { text: '', ended: undefined as string | undefined, destroyed: false, slow: false };
  const socket: SseSocket = {
    write: (text) => {
      state.text += text;
      return !state.slow;
    },
    end: (text = '') => {
      state.ended = text;
    },
    destroy: () => {
      state.destroyed = true;
    },
    on: (event, run) => runs.set(event, run),
  };
  return { state, socket, tell: (event: string) => runs.get(event)?.() };
};

const fakeClock = () => {
  const due: (() => void)[] = [];
  const after: Clock['after'] = (_, run) => {
    due.push(run);
    return () => void due.splice(due.indexOf(run), 1);
  };
  return { after, due };
};

const open = () => {
  const fake = fakeSocket();
  const clock = fakeClock();
  const ends: string[] = [];
  const writer = createSseWriter({
    socket: fake.socket,
    clock,
    onEnd: (why) => ends.push(why),
  });
  return { ...fake, clock, ends, writer };
};

describe('the text of a message', () => {
  it('is id, event, data and an empty line', () => {
    expect(sseText({ event: 'change', data: { a: 1 }, id: 7 })).toBe(
      'id: 7\nevent: change\ndata: {"a":1}\n\n',
    );
  });

  it('stays one line whatever is in it', () => {
    const text = sseText({ event: 'use', data: { name: 'a\nb\r\n\ndata: x\u2028' } });
    expect(text.split(/\r\n|\r|\n/)).toHaveLength(4);
    expect(JSON.parse(text.split('\n')[1]?.slice('data: '.length) ?? '')).toEqual({
      name: 'a\nb\r\n\ndata: x\u2028',
    });
  });
});

describe('a writer', () => {
  it('keeps the order across a slow moment', () => {
    const { writer, state, tell } = open();
    state.slow = true;
    for (const id of [1, 2, 3]) writer.send({ event: 'e', data: null, id });
    expect(state.text.match(/id: \d/g)).toEqual(['id: 1']);
    state.slow = false;
    tell('drain');
    writer.send({ event: 'e', data: null, id: 4 });
    expect(state.text.match(/id: \d/g)).toEqual(['id: 1', 'id: 2', 'id: 3', 'id: 4']);
  });

  it('lets a listener go who reads too slowly, says why, and keeps nothing for it', () => {
    const { writer, state, ends, clock, tell } = open();
    state.slow = true;
    const data = 'x'.repeat(100_000);
    for (let i = 0; i < 10; i += 1) writer.send({ event: 'e', data });
    expect(ends).toEqual(['slow']);
    expect(state.ended).toBe('event: end\ndata: {"why":"slow"}\n\n');
    expect(state.text.length).toBeLessThan(110_000);
    tell('drain');
    expect(state.text.length).toBeLessThan(110_000);
    // It does not even read its farewell.
    clock.due[0]?.();
    expect(state.destroyed).toBe(true);
  });

  it('ends once, whoever ends it', () => {
    const { writer, state, ends, clock, tell } = open();
    writer.end('signed_out');
    tell('close');
    tell('error');
    writer.end('stopping');
    writer.beat(3);
    expect(ends).toEqual(['signed_out']);
    expect(clock.due).toHaveLength(0);
    expect([writer.hasEnded(), state.text]).toEqual([true, '']);
  });

  it('hears of a listener who went away', () => {
    const { writer, ends, state, tell } = open();
    tell('close');
    writer.send({ event: 'e', data: null });
    expect([ends, state.text]).toEqual([['closed'], '']);
  });
});
