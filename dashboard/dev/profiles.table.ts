import type { ModelCommandView, ModelValueView, ProfileView, Text } from '@gatehouse/protocols';

/** Profiles of every shape that a device screen has to draw. */
const named = (zh: string, en: string): Text => ({ zh, en });

type Words = readonly (readonly [value: string, zh: string, en: string])[];

const value = (
  name: string,
  title: Text,
  type: ModelValueView['type'],
  more: Partial<Omit<ModelValueView, 'values'>> & { readonly words?: Words } = {},
): ModelValueView => {
  const { words = [], ...rest } = more;
  return {
    ...{ name, title, type, norm: null, items: null, itemsMax: null, unit: null },
    ...{ min: null, max: null, charsMax: null, default: null },
    values: words.map(([each, zh, en]) => ({ value: each, title: { zh, en } })),
    ...rest,
  };
};

const command = (
  name: string,
  title: Text,
  more: Partial<ModelCommandView> = {},
): ModelCommandView => ({
  ...{ name, title, norm: null, journalClass: 'door', args: [], expiresInMs: 5_000 },
  ...{ confirms: true, opens: false, mayRun: true },
  ...more,
});

const profile = (
  from: Pick<ProfileView, 'id' | 'family' | 'title' | 'vendor' | 'product'> & Partial<ProfileView>,
): ProfileView => ({
  ...{ version: '1.0.0', source: null, transports: ['serial'] },
  ...{ state: [], telemetry: [], events: [], commands: [], vectors: 24, vectorsFromManual: 0 },
  ...from,
});

const lamps: Words = [
  ['off', '灭', 'off'],
  ['green', '绿', 'green'],
  ['red', '红', 'red'],
  ['amber', '黄', 'amber'],
];

const openForMs = value('ms', named('时长', 'For how long'), 'integer', {
  unit: 'ms',
  min: 100,
  max: 30_000,
  default: 3_000,
});

const scanner = profile({
  id: 'gatehouse-scanner-s1',
  family: 'scanner',
  title: named('门房扫码头 S1', 'Gatehouse scanner S1'),
  vendor: 'Gatehouse',
  product: 'S1',
  state: [value('lamp', named('指示灯', 'Lamp'), 'enum', { words: lamps })],
  events: [
    {
      name: 'scan',
      norm: 'access.code',
      title: named('读到码', 'A code was read'),
      fields: [value('bytes', named('长度', 'Length'), 'integer')],
    },
  ],
  commands: [
    command('show', named('显示结果', 'Show the answer'), {
      norm: 'reader.show',
      confirms: false,
      args: [
        value('lamp', named('灯', 'Lamp'), 'enum', { words: lamps, default: 'green' }),
        value('text', named('文字', 'Text'), 'text', { charsMax: 16 }),
        value('beep', named('蜂鸣', 'Beep'), 'boolean', { default: true }),
        value('ms', named('时长', 'For how long'), 'integer', {
          unit: 'ms',
          min: 200,
          max: 10_000,
          default: 1_500,
        }),
      ],
    }),
  ],
});

const bool = (name: string, norm: string, zh: string, en: string): ModelValueView =>
  value(name, named(zh, en), 'boolean', { norm });

const turnstile = profile({
  id: 'gatehouse-turnstile-t1',
  family: 'turnstile',
  title: named('门房闸机控制器 T1', 'Gatehouse turnstile controller T1'),
  vendor: 'Gatehouse',
  product: 'T1',
  transports: ['modbus'],
  vectors: 61,
  state: [
    bool('releaseEntry', 'door.release.entry', '进门放行', 'Released for entry'),
    bool('releaseExit', 'door.release.exit', '出门放行', 'Released for exit'),
    bool('latchEntry', 'door.latch.entry', '进门继电器常开', 'Entry relay latched'),
    bool('latchExit', 'door.latch.exit', '出门继电器常开', 'Exit relay latched'),
    bool('passageEntry', 'door.passage.entry', '有人进入', 'Somebody passes in'),
    bool('fire', 'door.fire', '消防信号', 'Fire input'),
    bool('tamper', 'door.tamper', '防拆', 'Tamper'),
  ],
  commands: [
    command('openEntry', named('放行（进）', 'Release for entry'), {
      norm: 'door.open_entry',
      opens: true,
      args: [openForMs],
    }),
    command('openExit', named('放行（出）', 'Release for exit'), {
      norm: 'door.open_exit',
      opens: true,
      args: [openForMs],
    }),
    command('closeEntry', named('结束放行（进）', 'End entry release'), { confirms: false }),
  ],
});

const strike = profile({
  id: 'gatehouse-strike-d1',
  family: 'door',
  title: named('门房电锁控制器 D1', 'Gatehouse strike controller D1'),
  vendor: 'Gatehouse',
  product: 'D1',
  state: [
    value('lock', named('门锁', 'Lock'), 'enum', {
      norm: 'lock.state',
      words: [
        ['locked', '已上锁', 'locked'],
        ['unlocked', '未上锁', 'unlocked'],
        ['jammed', '卡住', 'jammed'],
      ],
    }),
    value('contact', named('门磁', 'Door contact'), 'enum', {
      norm: 'door.contact',
      words: [
        ['closed', '已关', 'closed'],
        ['open', '开着', 'open'],
      ],
    }),
    bool('tamper', 'door.tamper', '防拆', 'Tamper'),
  ],
  telemetry: [
    value('battery', named('电池', 'Battery'), 'integer', { unit: '%', min: 0, max: 100 }),
  ],
  commands: [command('open', named('开门', 'Unlock'), { opens: true, args: [openForMs] })],
});

const boxStates: Words = [
  ['closed', '关着', 'closed'],
  ['open', '开着', 'open'],
  ['fault', '故障', 'fault'],
];

const lockers = profile({
  id: 'kerong-cu24',
  version: '1.1.0',
  family: 'locker',
  title: named('快递柜控制板 CU24', 'Locker board CU24'),
  vendor: 'Kerong',
  product: 'KR-CU24',
  source: 'KR-CU protocol V3.1, p. 7',
  vectors: 38,
  vectorsFromManual: 9,
  state: [
    value('boxes', named('柜门', 'Boxes'), 'list', {
      items: 'enum',
      itemsMax: 24,
      words: boxStates,
    }),
    value('goods', named('有物品', 'Something inside'), 'list', {
      items: 'boolean',
      itemsMax: 24,
      words: [
        ['true', '有', 'full'],
        ['false', '空', 'empty'],
      ],
    }),
  ],
  commands: [
    command('openBox', named('打开一格', 'Open a box'), {
      opens: true,
      args: [value('box', named('柜号', 'Box'), 'integer', { min: 1, max: 24 })],
    }),
    command('openBoxes', named('打开几格', 'Open several boxes'), {
      opens: true,
      confirms: false,
      args: [value('boxes', named('柜号', 'Boxes'), 'list', { items: 'integer', itemsMax: 24 })],
    }),
  ],
});

const meter = profile({
  id: 'eastron-sdm230',
  version: '1.2.0',
  family: 'meter',
  title: named('单相电表 SDM230', 'Single-phase meter SDM230'),
  vendor: 'Eastron',
  product: 'SDM230-Modbus V2',
  source: 'SDM230-Modbus Protocol V1.4, pp. 4-9',
  transports: ['modbus'],
  vectors: 44,
  vectorsFromManual: 12,
  telemetry: [
    value('power', named('功率', 'Power'), 'number', { unit: 'W' }),
    value('energy', named('用电量', 'Energy'), 'number', { unit: 'kW.h' }),
    value('voltage', named('电压', 'Voltage'), 'number', { unit: 'V' }),
    value('current', named('电流', 'Current'), 'number', { unit: 'A' }),
    value('factor', named('功率因数', 'Power factor'), 'number', { unit: '1', min: -1, max: 1 }),
  ],
});

const climate = profile({
  id: 'acme-air-3',
  family: 'environment',
  title: named('室内空气传感器', 'Room air sensor'),
  vendor: 'Acme',
  product: 'Air 3',
  transports: ['modbus'],
  telemetry: [
    value('temperature', named('温度', 'Temperature'), 'number', {
      unit: 'Cel',
      min: -40,
      max: 85,
    }),
    value('co2', named('二氧化碳', 'CO₂'), 'integer', { unit: '[ppm]', min: 400, max: 5000 }),
    value('humidity', named('湿度', 'Humidity'), 'number', { unit: '%', min: 0, max: 100 }),
  ],
  commands: [
    command('setOffset', named('校正温度', 'Correct the temperature'), {
      journalClass: 'audit',
      args: [
        value('offset', named('偏移', 'Offset'), 'number', {
          unit: 'Cel',
          min: -5,
          max: 5,
          default: 0,
        }),
      ],
    }),
  ],
});

const presence = profile({
  id: 'acme-presence-2',
  family: 'presence',
  title: named('人体存在传感器', 'Presence sensor'),
  vendor: 'Acme',
  product: 'Presence 2',
  state: [
    value('presence', named('有人', 'Presence'), 'boolean', {
      words: [
        ['true', '有人', 'occupied'],
        ['false', '无人', 'empty'],
      ],
    }),
    value('zone', named('位置', 'Zone'), 'enum', {
      words: [
        ['none', '无', 'none'],
        ['near', '近处', 'near'],
        ['middle', '中间', 'middle'],
        ['far', '远处', 'far'],
      ],
    }),
  ],
  telemetry: [
    value('distance', named('距离', 'Distance'), 'integer', { unit: 'cm', min: 0, max: 600 }),
    value('light', named('照度', 'Light'), 'number', { unit: 'lx' }),
  ],
});

const amount = value('amount', named('金额', 'Amount'), 'integer', {
  unit: 'fen',
  min: 1,
  max: 50_000,
});

const pos = profile({
  id: 'acme-pos-5',
  version: '2.0.1',
  family: 'pos',
  title: named('消费机 POS 5', 'Acme POS 5'),
  vendor: 'Acme',
  product: 'POS 5',
  state: [
    value('mode', named('工作状态', 'Mode'), 'enum', {
      words: [
        ['idle', '空闲', 'idle'],
        ['waiting', '等待刷码', 'waits for a code'],
        ['printing', '打印中', 'printing'],
        ['closed', '已停用', 'closed'],
      ],
    }),
    value('paper', named('纸', 'Paper'), 'boolean', {
      words: [
        ['true', '有纸', 'present'],
        ['false', '缺纸', 'out'],
      ],
    }),
    value('last', named('上一笔', 'Last sale'), 'integer', { unit: 'fen' }),
  ],
  telemetry: [value('turnover', named('今日流水', 'Taken today'), 'integer', { unit: 'fen' })],
  events: [
    {
      name: 'paid',
      norm: null,
      title: named('收款成功', 'Paid'),
      fields: [amount, value('receipt', named('小票号', 'Receipt'), 'integer')],
    },
  ],
  commands: [
    command('ask', named('收款', 'Ask for an amount'), {
      journalClass: 'money',
      expiresInMs: 10_000,
      args: [amount, value('note', named('说明', 'Note'), 'text', { charsMax: 20 })],
    }),
    command('print', named('打印', 'Print'), {
      journalClass: 'audit',
      confirms: false,
      args: [value('text', named('内容', 'Text'), 'text', { charsMax: 200 })],
    }),
    command('dayTotal', named('日结', 'Day total'), { journalClass: 'money' }),
  ],
});

const barrier = profile({
  id: 'acme-barrier-b2',
  family: 'barrier',
  title: named('车辆道闸', 'Vehicle barrier'),
  vendor: 'Acme',
  product: 'B2',
  source: 'B2 controller manual rev. C, p. 31',
  transports: ['serial'],
  vectors: 29,
  vectorsFromManual: 5,
  state: [
    value('arm', named('闸杆', 'Arm'), 'enum', {
      words: [
        ['down', '落下', 'down'],
        ['rising', '升起中', 'rising'],
        ['up', '抬起', 'up'],
        ['lowering', '下落中', 'lowering'],
      ],
    }),
    value('loop', named('地感', 'Vehicle loop'), 'boolean', {
      words: [
        ['true', '有车', 'vehicle'],
        ['false', '无车', 'free'],
      ],
    }),
    value('plate', named('最近车牌', 'Last plate'), 'text', { charsMax: 12 }),
    value('runs', named('累计次数', 'Runs'), 'integer', { min: 0 }),
  ],
  commands: [
    command('raise', named('抬杆', 'Raise'), { opens: true }),
    command('lower', named('落杆', 'Lower'), { opens: true }),
  ],
});

export const profiles: readonly ProfileView[] = [
  ...[scanner, turnstile, strike, lockers, meter, climate, presence, pos, barrier],
];
