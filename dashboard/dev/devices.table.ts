import type { DeviceValues, DeviceView, Text } from '@gatehouse/protocols';

/** One device of the mock campus: what it is, where, and what it says at the start. */
export type DeviceRow = {
  readonly id: string;
  readonly name: Text;
  readonly profile: string;
  readonly building: 'library' | 'lab' | 'dorm';
  readonly door?: string;
  readonly side?: 'entry' | 'exit';
  readonly state?: DeviceView['state'];
  readonly values?: DeviceValues;
  readonly readings?: DeviceValues;
  /** The version that its gateway runs, where it is not the newest. */
  readonly runs?: string;
};

type Gate = readonly [door: string, building: DeviceRow['building'], zh: string, en: string];

const gates: readonly Gate[] = [
  ['library-east', 'library', '图书馆东门', 'Library East Gate'],
  ['library-west', 'library', '图书馆西门', 'Library West Gate'],
  ['library-north', 'library', '图书馆北门', 'Library North Gate'],
  ['lab-main', 'lab', '实验楼正门', 'Lab Main Gate'],
  ['dorm-main', 'dorm', '北区宿舍大门', 'North Dormitory Gate'],
];

const closedTurnstile: DeviceValues = {
  ...{ releaseEntry: false, releaseExit: false, latchEntry: false, latchExit: false },
  ...{ passageEntry: false, fire: false, tamper: false },
};

const atGate = ([door, building, zh, en]: Gate): readonly DeviceRow[] => [
  {
    id: `${door}-in`,
    name: { zh: `${zh} 进口扫码头`, en: `${en} entry scanner` },
    profile: 'gatehouse-scanner-s1',
    side: 'entry',
    values: { lamp: 'off' },
    ...{ building, door },
  },
  {
    id: `${door}-out`,
    name: { zh: `${zh} 出口扫码头`, en: `${en} exit scanner` },
    profile: 'gatehouse-scanner-s1',
    side: 'exit',
    values: { lamp: 'off' },
    ...{ building, door },
  },
  {
    id: `${door}-t1`,
    name: { zh: `${zh} 闸机`, en: `${en} turnstile` },
    profile: 'gatehouse-turnstile-t1',
    values: door === 'library-west' ? { ...closedTurnstile, releaseEntry: true } : closedTurnstile,
    ...{ building, door },
  },
];

const boxes = Array.from({ length: 24 }, (_, i) => {
  if ([3, 6, 11].includes(i)) return 'open';
  if (i === 17) return 'fault';
  return i === 23 ? null : 'closed';
});
const goods = Array.from({ length: 24 }, (_, i) => (i === 23 ? null : i % 3 !== 0));

const room = (n: number): readonly DeviceRow[] => [
  {
    id: `air-3-${n}`,
    name: { zh: `实验楼 3-${n} 空气`, en: `Lab 3-${n} air` },
    profile: 'acme-air-3',
    building: 'lab',
    readings: { temperature: 21.46 + (n % 5), co2: 612 + 55 * (n % 7), humidity: 44.2 },
  },
  {
    id: `presence-3-${n}`,
    name: { zh: `实验楼 3-${n} 存在`, en: `Lab 3-${n} presence` },
    profile: 'acme-presence-2',
    building: 'lab',
    values: { presence: n % 2 === 1, zone: n % 2 === 1 ? 'middle' : 'none' },
    readings: { distance: n % 2 === 1 ? 231 : 0, light: 412 },
    ...(n === 204 ? { state: 'unknown' as const, values: {}, readings: {} } : {}),
  },
  {
    id: `strike-3-${n}`,
    name: { zh: `实验楼 3-${n} 电锁`, en: `Lab 3-${n} strike` },
    profile: 'gatehouse-strike-d1',
    building: 'lab',
    door: `lab-3-${n}`,
    values: {
      lock: 'locked',
      contact: n === 201 ? 'open' : 'closed',
      tamper: n === 205,
    },
    readings: { battery: 96 - (n % 5) * 18 },
  },
];

export const deviceRows: readonly DeviceRow[] = [
  ...gates.flatMap(atGate),
  ...[201, 202, 203, 204, 205].flatMap(room),
  {
    id: 'lockers-hall',
    name: { zh: '图书馆大厅 存包柜', en: 'Library hall lockers' },
    profile: 'kerong-cu24',
    building: 'library',
    values: { boxes, goods },
    runs: '1.0.2',
  },
  {
    id: 'meter-library',
    name: { zh: '图书馆 照明回路电表', en: 'Library lighting meter' },
    profile: 'eastron-sdm230',
    building: 'library',
    readings: { power: 1834, energy: 20_413.27, voltage: 229.8, current: 8.07, factor: 0.99 },
  },
  {
    id: 'meter-lab',
    name: { zh: '实验楼 通风回路电表', en: 'Lab ventilation meter' },
    profile: 'eastron-sdm230',
    building: 'lab',
    state: 'silent',
    readings: { power: 0, energy: 8_120.4, voltage: 0, current: 0, factor: 1 },
  },
  {
    id: 'pos-cafe',
    name: { zh: '图书馆 咖啡吧收银', en: 'Library café till' },
    profile: 'acme-pos-5',
    building: 'library',
    values: { mode: 'waiting', paper: false, last: 1250 },
    readings: { turnover: 284_650 },
  },
  {
    id: 'pos-canteen',
    name: { zh: '北区食堂 1 号窗', en: 'Dormitory canteen, window 1' },
    profile: 'acme-pos-5',
    building: 'dorm',
    door: 'dorm-canteen',
    values: { mode: 'idle', paper: true, last: 880 },
    readings: { turnover: 1_204_300 },
  },
  {
    id: 'barrier-south',
    name: { zh: '实验楼南 道闸', en: 'Lab south barrier' },
    profile: 'acme-barrier-b2',
    building: 'lab',
    values: { arm: 'down', loop: true, plate: '沪A·D12345', runs: 48_212 },
  },
];
