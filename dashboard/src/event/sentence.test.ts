import { conditions, eventKinds, reasons } from '@gatehouse/protocols';
import type { EventView, Language } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import wordsEn from '../i18n/console-en.json' with { type: 'json' };
import wordsZh from '../i18n/console-zh.json' with { type: 'json' };
import { createI18n } from '../i18n/i18n.ts';
import { plainSentence, sentenceOf, toneOf } from './sentence.ts';
import type { SentenceWords, Tone } from './sentence.ts';

const wordsIn = (language: Language): SentenceWords => {
  const i18n = createI18n(language, { zh: wordsZh, en: wordsEn });
  return {
    language,
    t: (key, values) => i18n.t(key, values ?? {}),
    nameOf: (id) => (id === 'east-in' ? { zh: '东门 扫码头', en: 'East Gate scanner' } : undefined),
  };
};

const event = (kind: string, change: Partial<EventView> = {}): EventView => ({
  id: 'gw-1.0a1b2c3d.main.1',
  kind,
  at: '2026-11-21T01:00:02Z',
  receivedAt: '2026-11-21T01:00:02Z',
  late: false,
  gateway: 'gw-1',
  gatewayName: { zh: '图书馆网关', en: 'Library gateway' },
  door: { id: 'east', name: { zh: '图书馆 东门', en: 'Library East Gate' } },
  device: null,
  person: {
    id: 'p-1',
    name: { zh: '李雷', en: 'Li Lei' },
    affiliation: 'student',
    unit: { zh: '计算机学院', en: 'Computing' },
  },
  data: {},
  ...change,
});

type Row = readonly [name: string, event: EventView, zh: string, en: string, tone: Tone];

const table: readonly Row[] = [
  [
    'a command to a device that hangs at no door',
    event('command.sent', {
      door: null,
      device: 'meter-1',
      deviceName: { zh: '电表', en: 'the meter' },
      data: { action: 'run' },
    }),
    '操作命令已下发到 电表',
    'Sent to the meter: operate',
    'quiet',
  ],
  [
    'a grant',
    event('access.granted', { data: { reason: 'granted', side: 'entry' } }),
    '李雷 (学生) 扫码进 图书馆 东门 · 允许',
    'Li Lei (student) scanned in at Library East Gate · Granted',
    'granted',
  ],
  [
    'a grant by wristband',
    event('access.granted', { data: { reason: 'granted', side: 'entry', by: 'uid' } }),
    '李雷 (学生) 刷卡进 图书馆 东门 · 允许',
    'Li Lei (student) tapped in at Library East Gate · Granted',
    'granted',
  ],
  [
    'a grant by PIN',
    event('access.granted', { data: { reason: 'granted', side: 'entry', by: 'pin' } }),
    '李雷 (学生) 输密码进 图书馆 东门 · 允许',
    'Li Lei (student) keyed in at Library East Gate · Granted',
    'granted',
  ],
  [
    'a grant by what this build does not know',
    event('access.granted', { data: { reason: 'granted', side: 'entry', by: 'plate' } }),
    '李雷 (学生) 扫码进 图书馆 东门 · 允许',
    'Li Lei (student) scanned in at Library East Gate · Granted',
    'granted',
  ],
  [
    'a card of nobody',
    event('access.denied', {
      person: null,
      data: { reason: 'unreadable_uid', side: 'entry', by: 'uid', uidEnd: '4C81' },
    }),
    '尾号 4C81 的卡 刷卡进 图书馆 东门 · 拒绝：卡号没有读全 — 把卡贴稳再刷一次',
    'A card ending in 4C81 tapped in at Library East Gate · refused: ' +
      'The card was not read completely — Hold the card still and try again',
    'denied',
  ],
  [
    'a refusal with its next step',
    event('access.denied', { data: { reason: 'outside_schedule', side: 'entry' } }),
    '李雷 (学生) 扫码进 图书馆 东门 · 拒绝：不在可通行时段 — 联系任课教师或管理部门',
    'Li Lei (student) scanned in at Library East Gate · refused: ' +
      'Not within the allowed hours — Ask your teacher or the office',
    'denied',
  ],
  [
    'a refusal of something unknown',
    event('access.denied', { person: null, data: { reason: 'used', side: 'entry' } }),
    '身份不明的人 扫码进 图书馆 东门 · 拒绝：此码已使用 — 点击刷新',
    'Somebody unknown scanned in at Library East Gate · refused: ' +
      'This code was already used — Tap for a new one',
    'denied',
  ],
  [
    'a refusal whose reason this page does not know',
    event('access.denied', { data: { reason: 'brand_new', side: 'sideways' } }),
    '李雷 (学生) 扫码sideways 图书馆 东门 · 拒绝：brand_new',
    'Li Lei (student) scanned sideways at Library East Gate · refused: brand_new',
    'denied',
  ],
  [
    'an exit that would have been refused',
    event('access.granted', { data: { reason: 'exit_frozen', side: 'exit' } }),
    '李雷 (学生) 扫码出 图书馆 东门 · 出门放行（此卡已挂失）',
    'Li Lei (student) scanned out at Library East Gate · Let out (This card is frozen)',
    'attention',
  ],
  [
    'an unlock that nobody used',
    event('access.not_taken', { person: null }),
    '无人通过 图书馆 东门',
    'Nobody went through Library East Gate',
    'quiet',
  ],
  [
    'a passage behind an unlock from afar',
    event('access.taken', { person: null }),
    '有人 通过 图书馆 东门',
    'Somebody went through Library East Gate',
    'quiet',
  ],
  [
    'a command',
    event('command.accepted', { data: { action: 'unlock' } }),
    '李雷 (学生) 要求远程开门 图书馆 东门',
    'Li Lei (student) asked to unlock Library East Gate from afar',
    'quiet',
  ],
  [
    'a condition of a device with a name',
    event('condition.raised', { data: { code: 'serial_lost', subject: 'east-in', detail: '' } }),
    '设备断开（东门 扫码头）',
    'Device disconnected (East Gate scanner)',
    'attention',
  ],
  [
    'an alarm',
    event('condition.raised', { data: { code: 'output_on', subject: 'east', detail: '' } }),
    '门锁输出未复位（east）',
    'Lock output stays on (east)',
    'alarm',
  ],
  [
    'a forced door',
    event('door.forced'),
    '图书馆 东门 被强行通过',
    'Library East Gate was forced: somebody passed without a grant',
    'alarm',
  ],
  [
    'a kind of tomorrow at a door',
    event('drone.landed'),
    '图书馆 东门 的新类型事件：drone.landed',
    'An event of a new kind at Library East Gate: drone.landed',
    'quiet',
  ],
  [
    'a kind of tomorrow elsewhere',
    event('drone.landed', { door: null }),
    '新类型的事件：drone.landed',
    'An event of a new kind: drone.landed',
    'quiet',
  ],
];

describe('the sentence of an event', () => {
  for (const [name, given, zh, en, tone] of table) {
    it(`tells ${name}`, () => {
      expect(plainSentence(given, wordsIn('zh'))).toBe(zh);
      expect(plainSentence(given, wordsIn('en'))).toBe(en);
      expect(toneOf(given)).toBe(tone);
    });
  }

  it('links the person and the door', () => {
    const pieces = sentenceOf(event('access.taken'), wordsIn('en'));
    expect(pieces.map(({ kind, id }) => [kind, id])).toEqual([
      ['person', 'p-1'],
      ['text', undefined],
      ['door', 'east'],
    ]);
  });

  for (const language of ['zh', 'en'] as const) {
    it(`has no brace, no empty bracket and no dangling dash in any kind (${language})`, () => {
      for (const kind of Object.keys(eventKinds)) {
        const text = plainSentence(event(kind, { data: {} }), wordsIn(language));
        expect(text, kind).not.toMatch(/[{}]|— *$|^ *·/);
        expect(text, kind).not.toBe('');
      }
    });
  }

  it('knows every reason and condition of the tables', () => {
    for (const reason of Object.keys(reasons)) {
      const text = plainSentence(event('access.denied', { data: { reason } }), wordsIn('zh'));
      expect(text, reason).not.toContain(reason);
    }
    for (const code of Object.keys(conditions)) {
      const data = { code, subject: 'east-in', detail: '' };
      const text = plainSentence(event('condition.raised', { data }), wordsIn('en'));
      expect(text, code).not.toContain(code);
    }
  });
});
