import type { Label } from './model.ts';
import type { Unit } from './units.ts';

/**
 * The shared words: what devices of all makers call by one name, so that a door, a chart or a rule
 * works with any of them. A profile maps its own names to these by `norm`.
 */
export type Word = {
  readonly in: 'state' | 'telemetry' | 'events' | 'commands';
  readonly title: Label;
  readonly type?: 'boolean' | 'enum' | 'integer' | 'number' | 'text' | 'list';
  readonly values?: Readonly<Record<string, Label>>;
  readonly unit?: Unit;
  /** Fields of an event, arguments of a command: names that must be there. */
  readonly fields?: readonly string[];
};

export const vocabulary = {
  'door.contact': {
    in: 'state',
    type: 'enum',
    title: { zh: '门磁', en: 'Door contact' },
    values: { closed: { zh: '已关', en: 'closed' }, open: { zh: '开着', en: 'open' } },
  },
  'door.release.entry': {
    in: 'state',
    type: 'boolean',
    title: { zh: '进门放行', en: 'Released for entry' },
  },
  'door.release.exit': {
    in: 'state',
    type: 'boolean',
    title: { zh: '出门放行', en: 'Released for exit' },
  },
  'door.latch.entry': {
    in: 'state',
    type: 'boolean',
    title: { zh: '进门继电器常开', en: 'Entry relay latched' },
  },
  'door.latch.exit': {
    in: 'state',
    type: 'boolean',
    title: { zh: '出门继电器常开', en: 'Exit relay latched' },
  },
  'door.passage.entry': {
    in: 'state',
    type: 'boolean',
    title: { zh: '有人进入', en: 'Somebody passes in' },
  },
  'door.passage.exit': {
    in: 'state',
    type: 'boolean',
    title: { zh: '有人离开', en: 'Somebody passes out' },
  },
  'door.fire': { in: 'state', type: 'boolean', title: { zh: '消防信号', en: 'Fire input' } },
  'door.tamper': { in: 'state', type: 'boolean', title: { zh: '防拆', en: 'Tamper' } },
  'door.open_entry': {
    in: 'commands',
    title: { zh: '放行（进）', en: 'Release for entry' },
    fields: ['ms'],
  },
  'door.open_exit': {
    in: 'commands',
    title: { zh: '放行（出）', en: 'Release for exit' },
    fields: ['ms'],
  },
  'door.close_entry': { in: 'commands', title: { zh: '结束放行（进）', en: 'End entry release' } },
  'door.close_exit': { in: 'commands', title: { zh: '结束放行（出）', en: 'End exit release' } },
  'reader.show': {
    in: 'commands',
    title: { zh: '显示结果', en: 'Show the answer' },
    fields: [],
  },
  'access.code': {
    in: 'events',
    title: { zh: '读到码', en: 'A code was read' },
    fields: ['text'],
  },
  'access.uid': { in: 'events', title: { zh: '读到卡', en: 'A card was read' }, fields: ['uid'] },
  'door.passed.entry': { in: 'events', title: { zh: '已通行（进）', en: 'Passed in' } },
  'door.passed.exit': { in: 'events', title: { zh: '已通行（出）', en: 'Passed out' } },
  'lock.state': {
    in: 'state',
    type: 'enum',
    title: { zh: '锁', en: 'Lock' },
    values: {
      locked: { zh: '已上锁', en: 'locked' },
      unlocked: { zh: '已开锁', en: 'unlocked' },
      jammed: { zh: '卡住', en: 'jammed' },
    },
  },
  'relay.on': { in: 'state', type: 'boolean', title: { zh: '继电器吸合', en: 'Relay on' } },
  'barrier.position': {
    in: 'state',
    type: 'enum',
    title: { zh: '道闸位置', en: 'Barrier' },
    values: {
      closed: { zh: '已落下', en: 'closed' },
      opening: { zh: '正在抬起', en: 'opening' },
      open: { zh: '已抬起', en: 'open' },
      closing: { zh: '正在落下', en: 'closing' },
    },
  },
  'locker.boxes': {
    in: 'state',
    type: 'list',
    title: { zh: '箱格', en: 'Boxes' },
    values: { closed: { zh: '关', en: 'closed' }, open: { zh: '开', en: 'open' } },
  },
  'locker.open': {
    in: 'commands',
    title: { zh: '打开箱格', en: 'Open a box' },
    fields: ['box'],
  },
  'presence.target': {
    in: 'state',
    type: 'enum',
    title: { zh: '人体存在', en: 'Presence' },
    values: {
      none: { zh: '无人', en: 'nobody' },
      moving: { zh: '有人走动', en: 'somebody moves' },
      still: { zh: '有人静止', en: 'somebody is still' },
      both: { zh: '有走动有静止', en: 'moving and still' },
    },
  },
  'presence.distance': {
    in: 'telemetry',
    title: { zh: '目标距离', en: 'Distance of the target' },
    unit: 'cm',
  },
  'env.temperature': { in: 'telemetry', title: { zh: '温度', en: 'Temperature' }, unit: 'Cel' },
  'env.humidity': { in: 'telemetry', title: { zh: '湿度', en: 'Humidity' }, unit: '%' },
  'env.co2': { in: 'telemetry', title: { zh: '二氧化碳', en: 'Carbon dioxide' }, unit: '[ppm]' },
  'env.pm25': { in: 'telemetry', title: { zh: 'PM2.5', en: 'PM2.5' }, unit: 'ug/m3' },
  'env.pm10': { in: 'telemetry', title: { zh: 'PM10', en: 'PM10' }, unit: 'ug/m3' },
  'energy.voltage': { in: 'telemetry', title: { zh: '电压', en: 'Voltage' }, unit: 'V' },
  'energy.current': { in: 'telemetry', title: { zh: '电流', en: 'Current' }, unit: 'A' },
  'energy.power': { in: 'telemetry', title: { zh: '有功功率', en: 'Active power' }, unit: 'W' },
  'energy.apparent': {
    in: 'telemetry',
    title: { zh: '视在功率', en: 'Apparent power' },
    unit: 'VA',
  },
  'energy.reactive': {
    in: 'telemetry',
    title: { zh: '无功功率', en: 'Reactive power' },
    unit: 'var',
  },
  'energy.factor': { in: 'telemetry', title: { zh: '功率因数', en: 'Power factor' }, unit: '1' },
  'energy.frequency': { in: 'telemetry', title: { zh: '频率', en: 'Frequency' }, unit: 'Hz' },
  'energy.imported': {
    in: 'telemetry',
    title: { zh: '正向电能', en: 'Energy imported' },
    unit: 'kW.h',
  },
  'energy.exported': {
    in: 'telemetry',
    title: { zh: '反向电能', en: 'Energy exported' },
    unit: 'kW.h',
  },
  'energy.total': { in: 'telemetry', title: { zh: '总电能', en: 'Total energy' }, unit: 'kW.h' },
  'reader.trigger': { in: 'commands', title: { zh: '开始扫码', en: 'Start scanning' } },
  'reader.stop': { in: 'commands', title: { zh: '停止扫码', en: 'Stop scanning' } },
  'pos.pay': {
    in: 'commands',
    title: { zh: '收款', en: 'Take a payment' },
    fields: ['amount'],
  },
  'pos.refund': { in: 'commands', title: { zh: '退款', en: 'Refund' } },
  'pos.totals': { in: 'commands', title: { zh: '查询当日合计', en: 'Ask for totals' } },
  'pos.day_close': { in: 'commands', title: { zh: '日结', en: 'Close the day' } },
  'pos.print': {
    in: 'commands',
    title: { zh: '打印一行', en: 'Print a line' },
    fields: ['text'],
  },
  'pos.paid': { in: 'events', title: { zh: '收款成功', en: 'Paid' } },
  'pos.declined': { in: 'events', title: { zh: '收款失败', en: 'Declined' } },
  'pos.refunded': { in: 'events', title: { zh: '已退款', en: 'Refunded' } },
  'pos.summed': {
    in: 'events',
    title: { zh: '当日合计', en: 'Totals of the day' },
    fields: ['count', 'amount'],
  },
  'pos.day_closed': { in: 'events', title: { zh: '已日结', en: 'Day closed' } },
  'pos.receipt_line': {
    in: 'events',
    title: { zh: '小票一行', en: 'A line of the receipt' },
    fields: ['text'],
  },
} as const satisfies Readonly<Record<string, Word>>;
