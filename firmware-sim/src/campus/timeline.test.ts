import { describe, expect, it } from 'vitest';
import { turn } from './adapters/turn.ts';
import { createGate, createSettle } from './gate.ts';
import { createLife } from './life.ts';
import { createTimeline } from './timeline.ts';

const makeTimeline = () => createTimeline(createSettle(createGate(), turn));

describe('a timeline', () => {
  it('runs what falls due in order, at its own time', async () => {
    const timeline = makeTimeline();
    const ran: string[] = [];
    const note = (name: string) => () => void ran.push(`${name}@${timeline.nowMs()}`);
    for (const [name, delayMs] of [
      ['c', 30],
      ['a', 10],
      ['b', 10],
      ['late', 101],
      ['d', 29.2],
    ] as const) {
      timeline.after(delayMs, note(name));
    }
    await timeline.runUntil(100);
    expect(ran).toEqual(['a@10', 'b@10', 'c@30', 'd@30']);
    expect(timeline.nowMs()).toBe(100);
  });

  it('keeps its order with thousands of events', async () => {
    const timeline = makeTimeline();
    const ran: number[] = [];
    const delays = Array.from({ length: 2_000 }, (_, i) => (i * 7_919) % 1_009);
    for (const delayMs of delays) timeline.after(delayMs, () => void ran.push(delayMs));
    await timeline.runUntil(2_000);
    expect(ran).toEqual(delays.toSorted((a, b) => a - b));
  });

  it('lets all that follows from one event come before the next', async () => {
    const timeline = makeTimeline();
    const ran: string[] = [];
    timeline.after(5, () => {
      void (async () => {
        for (let i = 0; i < 20; i += 1) await Promise.resolve();
        ran.push('followed');
      })();
    });
    timeline.after(5, () => void ran.push('next'));
    await timeline.runUntil(5);
    expect(ran).toEqual(['followed', 'next']);
  });

  it('does not run what was cancelled, and refuses a moment without end', async () => {
    const timeline = makeTimeline();
    const ran: string[] = [];
    timeline.after(5, () => void ran.push('cancelled'))();
    await timeline.runUntil(10);
    expect(ran).toEqual([]);
    const again = (): void => void timeline.after(0, again);
    again();
    await expect(timeline.runUntil(20)).rejects.toThrow('never ends');
  });

  it('stands still while something outside is on its way', async () => {
    const gate = createGate();
    const timeline = createTimeline(createSettle(gate, turn));
    const ran: string[] = [];
    timeline.after(5, () => {
      gate.begin();
      setImmediate(() => {
        ran.push(`answered@${timeline.nowMs()}`);
        gate.end();
      });
    });
    timeline.after(6, () => void ran.push('later'));
    await timeline.runUntil(10);
    expect(ran).toEqual(['answered@5', 'later']);
  });
});

describe('a life', () => {
  it('takes its timers and its promises with it', async () => {
    const timeline = makeTimeline();
    const life = createLife(timeline);
    const ran: string[] = [];
    life.after(5, () => void ran.push('before'));
    life.after(20, () => void ran.push('timer after its end'));
    void life.mine(timeline.wait(30)).then(() => void ran.push('promise after its end'));
    timeline.after(10, life.end);
    await timeline.runUntil(50);
    expect(ran).toEqual(['before']);
    expect(life.timersWaiting()).toBe(0);
  });
});
