import { describe, expect, it } from 'vitest';
import { createI18n } from '../i18n/i18n.ts';
import type { Translate } from '../i18n/i18n.ts';
import { ago, createTimeWords, lasting } from './time.ts';

const translate = (language: 'zh' | 'en'): Translate => {
  const i18n = createI18n(language);
  return (key, values) => i18n.t(key, values ?? {});
};

const t = translate('zh');
const zone = 'Asia/Shanghai';
const nowMs = Date.parse('2026-11-21T01:00:02Z');

describe('times', () => {
  const times = createTimeWords({ zone, language: 'zh', t });
  const cases: readonly (readonly [string, string])[] = [
    ['2026-11-21T01:00:02Z', '今天 09:00:02'],
    ['2026-11-20T16:00:00Z', '今天 00:00:00'], // midnight of the school, not of Greenwich
    ['2026-11-20T15:59:59Z', '昨天 23:59:59'],
    ['2026-11-18T01:00:02Z', '11月18日 09:00:02'],
  ];
  for (const [at, text] of cases) {
    it(`says ${text}`, () => {
      expect(times.moment(Date.parse(at), nowMs)).toBe(text);
    });
  }

  it('says of what ends at midnight the day before', () => {
    const midnight = Date.parse('2026-11-20T16:00:00Z');
    expect([times.date(midnight), times.lastDate(midnight)]).toEqual([
      '2026年11月21日',
      '2026年11月20日',
    ]);
  });

  it('tells all where the pointer rests', () => {
    const full = times.full(nowMs);
    for (const part of ['2026', '11', '21', '星期六', '09:00:02', 'GMT+8']) {
      expect(full).toContain(part);
    }
  });
});

describe('durations', () => {
  const cases: readonly (readonly [number, string, string])[] = [
    [-5, '0 秒', '0 s'],
    [40_000, '40 秒', '40 s'],
    [130_000, '2 分 10 秒', '2 min 10 s'],
    [898_000, '14 分钟', '14 min'],
    [7_920_000, '2 小时 12 分', '2 h 12 min'],
    [260_000_000, '3 天', '3 d'],
  ];
  for (const [ms, zh, en] of cases) {
    it(`${ms} ms last ${en}`, () => {
      expect(lasting(ms, t)).toBe(zh);
      expect(lasting(ms, translate('en'))).toBe(en);
    });
  }

  const agos: readonly (readonly [number, string])[] = [
    [500, '刚刚'],
    [3_000, '3 秒前'],
    [120_000, '2 分钟前'],
    [7_200_000, '2 小时前'],
    [180_000_000, '2 天前'],
  ];
  for (const [ms, text] of agos) {
    it(`${ms} ms ago is ${text}`, () => {
      expect(ago(ms, t)).toBe(text);
    });
  }
});
