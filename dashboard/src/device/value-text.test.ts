import type { Language, ModelValueView, ProfileView } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import consoleEn from '../i18n/console-en.json' with { type: 'json' };
import consoleZh from '../i18n/console-zh.json' with { type: 'json' };
import { createI18n } from '../i18n/i18n.ts';
import { eventDetail } from './event-detail.ts';
import { quantityText } from './unit.ts';
import { valueText } from './value-text.ts';
import type { DeviceValue, ValueWords } from './value-text.ts';

const wordsIn = (language: Language): ValueWords => {
  const i18n = createI18n(language, { zh: consoleZh, en: consoleEn });
  return { language, t: (key, values) => i18n.t(key, values ?? {}) };
};
const [zh, en] = [wordsIn('zh'), wordsIn('en')];

const model = (change: Partial<ModelValueView> = {}): ModelValueView => ({
  name: 'it',
  norm: null,
  title: { zh: '它', en: 'It' },
  type: 'number',
  items: null,
  itemsMax: null,
  unit: null,
  min: null,
  max: null,
  charsMax: null,
  default: null,
  values: [],
  ...change,
});

const boxWords = [
  { value: 'closed', title: { zh: '关着', en: 'closed' } },
  { value: 'open', title: { zh: '开着', en: 'open' } },
];

const quantities: readonly (readonly [value: number, unit: string | null, text: string])[] = [
  [21.46, 'Cel', '21.5 °C'],
  [1250, 'fen', '¥12.50'],
  [-5, 'fen', '−¥0.05'],
  [284_650, 'fen', '¥2,846.50'],
  [3000, 'ms', '3 s'],
  [250, 'ms', '0.25 s'],
  [11.42, 'ms', '11.4 ms'],
  [0, 'ms', '0 s'],
  [44.25, '%', '44.3%'],
  [612.4, '[ppm]', '612 ppm'],
  [8120.4, 'kW.h', '8,120.4 kWh'],
  [0.987, '1', '0.99'],
  [48_212, null, '48,212'],
  [7, 'furlong', '7 furlong'], // a newer server's unit is shown as it is
];

describe('a quantity', () => {
  for (const [value, unit, text] of quantities) {
    it(`${value} ${unit ?? 'without a unit'} reads ${text}`, () => {
      expect(quantityText(value, unit, 'en').replaceAll('\u202f', ' ')).toBe(text);
    });
  }
});

type Row = readonly [
  name: string,
  model: Partial<ModelValueView>,
  value: DeviceValue | undefined,
  zh: string,
  en: string,
];

const list = { type: 'list', items: 'enum', values: boxWords } as const;

const table: readonly Row[] = [
  ['what was never told', {}, undefined, '未知', 'unknown'],
  ['what the device does not know', {}, null, '未知', 'unknown'],
  ['a boolean', { type: 'boolean' }, true, '是', 'yes'],
  ['an alarm input', { type: 'boolean', norm: 'door.tamper' }, true, '触发', 'triggered'],
  ['an alarm input at rest', { type: 'boolean', norm: 'door.tamper' }, false, '否', 'no'],
  [
    'a boolean with words',
    { type: 'boolean', values: [{ value: 'true', title: { zh: '有人', en: 'occupied' } }] },
    true,
    '有人',
    'occupied',
  ],
  ['an enum', { type: 'enum', values: boxWords }, 'open', '开着', 'open'],
  ['an enum value that is new', { type: 'enum', values: boxWords }, 'ajar', 'ajar', 'ajar'],
  ['text', { type: 'text' }, '沪A·D12345', '沪A·D12345', '沪A·D12345'],
  [
    'a list: what is not as most of it',
    list,
    ['closed', 'open', 'closed', null, 'open', 'closed'],
    '2 个开着 · 1 个未知',
    '2 open · 1 unknown',
  ],
  ['a list of one mind', list, ['closed', 'closed'], '全部关着', 'all closed'],
  ['an empty list', list, [], '没有', 'none'],
  ['a list of numbers', { type: 'list', items: 'number' }, [1, 2, 3], '3 项', '3 values'],
];

describe('a value in words', () => {
  for (const [name, change, value, inZh, inEn] of table) {
    it(name, () => {
      expect(valueText(model(change), value, zh)).toBe(inZh);
      expect(valueText(model(change), value, en)).toBe(inEn);
    });
  }
});

const profile: ProfileView = {
  id: 'pos',
  version: '1.0.0',
  family: 'pos',
  title: { zh: '消费机', en: 'Till' },
  vendor: 'Acme',
  product: 'POS',
  source: null,
  transports: [],
  state: [model({ name: 'door', type: 'enum', values: boxWords })],
  telemetry: [],
  events: [
    {
      name: 'paid',
      norm: null,
      title: { zh: '收款成功', en: 'Paid' },
      fields: [model({ name: 'amount', unit: 'fen', title: { zh: '金额', en: 'Amount' } })],
    },
  ],
  commands: [],
  vectors: 0,
  vectorsFromManual: 0,
};

const details: readonly (readonly [kind: string, data: Record<string, unknown>, en: string])[] = [
  ['device.reported', { event: 'paid', fields: { amount: 1250 } }, 'Paid · Amount: ¥12.50'],
  ['device.reported', { event: 'paid', fields: { tip: 1 } }, 'Paid · tip: 1'],
  ['device.reported', { event: 'jammed', fields: {} }, 'jammed'],
  ['device.changed', { values: { door: 'open' } }, 'It: open'],
  ['device.changed', { values: { door: { deep: 1 } } }, ''],
  ['device.changed', { values: 'nonsense' }, ''],
  ['device.reported', {}, ''],
  ['door.opened', { event: 'paid' }, ''],
];

describe('what an event of a device says', () => {
  for (const [kind, data, text] of details) {
    it(`${kind} ${JSON.stringify(data)}: ${text}`, () => {
      expect(eventDetail({ kind, data }, profile, en)).toBe(text);
    });
  }
});
