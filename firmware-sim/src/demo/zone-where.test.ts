import { wallClock } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { zoneWhere } from './zone-where.ts';

const hours = Array.from({ length: 24 }, (_, hour) => hour);

describe('a zone where it is that late', () => {
  it.each(hours)('is there for each hour of the day at %i:59 in Greenwich', (greenwich) => {
    const nowMs = Date.UTC(2026, 10, 22, greenwich, 59, 59);
    const found = hours.map((hour) => wallClock(zoneWhere(hour, nowMs))(nowMs).minutes);
    expect(found).toEqual(hours.map((hour) => hour * 60 + 59));
  });
});
