import type { DoorClass, Text } from '@gatehouse/protocols';

export const demoSite = {
  id: 'east-lake',
  campus: 'east-lake',
  name: { zh: '东湖大学', en: 'East Lake University' },
  zone: 'Asia/Shanghai',
  colour: null,
} as const;

export const demoBuildings: readonly {
  readonly id: string;
  readonly name: Text;
  readonly gateway: string;
  readonly gatewayName: Text;
}[] = [
  {
    id: 'library',
    name: { zh: '图书馆', en: 'Library' },
    gateway: 'gw-library',
    gatewayName: { zh: '图书馆网关', en: 'Library gateway' },
  },
  {
    id: 'lab',
    name: { zh: '实验楼', en: 'Lab building' },
    gateway: 'gw-lab',
    gatewayName: { zh: '实验楼网关', en: 'Lab building gateway' },
  },
  {
    id: 'north',
    name: { zh: '北区食堂与宿舍', en: 'North canteen and dormitories' },
    gateway: 'gw-north',
    gatewayName: { zh: '北区网关', en: 'North gateway' },
  },
];

/** What a device at a door is called after the door. */
export const deviceRoles = {
  entry: { zh: '{door} 进门扫码头', en: '{door}, entry scanner' },
  exit: { zh: '{door} 出门扫码头', en: '{door}, exit scanner' },
  cards: { zh: '{door} 读卡键盘', en: '{door}, card reader' },
  controller: { zh: '{door} 门控制器', en: '{door}, door controller' },
} as const satisfies Readonly<Record<string, Text>>;
export type DeviceRole = keyof typeof deviceRoles;

/** A device that stands at no door: a sensor, a meter, a locker bank. */
export type DemoPlainDevice = {
  readonly id: string;
  readonly building: string;
  readonly profile: string;
  readonly name: Text;
  /** By the profile's `params`. */
  readonly params: Readonly<Record<string, number | string | boolean>>;
  /** Of what speaks Modbus RTU alone: it stands behind a converter to Ethernet. */
  readonly wire?: 'rtu+tcp';
};

/** Each needs a profile of the catalogue and a simulated unit behind its gateway. */
const plain = (
  building: string,
  id: string,
  profile: string,
  zh: string,
  en: string,
  more: Partial<Pick<DemoPlainDevice, 'params' | 'wire'>> = {},
): DemoPlainDevice => ({ id, building, profile, name: { zh, en }, params: {}, ...more });

const rtu = { wire: 'rtu+tcp' } as const;

export const demoPlainDevices: readonly DemoPlainDevice[] = [
  plain('library', 'library-archive-air', 'xy-md02', '古籍库温湿度', 'Archive climate', rtu),
  plain('library', 'library-lockers', 'xunming-lock-16', '图书馆存包柜', 'Library lockers', rtu),
  plain('library', 'library-seats', 'hilink-ld2410c', '研讨间 3 有人感应', 'Study room 3 presence'),
  plain('lab', 'lab-co2', 'winsen-mhz19', '机房 4-401 二氧化碳', 'Computer room 4-401 CO₂'),
  plain('lab', 'lab-dust', 'nova-sds011', '实验楼大厅粉尘', 'Lab hall dust'),
  plain('lab', 'lab-meter', 'eastron-sdm320y', '实验楼电表', 'Lab building meter', rtu),
  plain('north', 'canteen-till-1', 'gatehouse-pos-p1', '一食堂 1 号收银', 'Canteen 1, till 1'),
  plain('north', 'canteen-card-1', 'zvt-terminal', '一食堂银行卡终端', 'Canteen 1 card terminal', {
    params: { password: 0 },
  }),
];

/**
 * `lane`: a turnstile with scanners on both sides. `room`: a strike and one scanner outside. `head`:
 * one scanner on the network that asks by HTTP and moves its own relay.
 */
export type DoorHardware = 'lane' | 'room' | 'head';

export type DemoDoor = {
  readonly id: string;
  readonly building: string;
  readonly class: DoorClass;
  readonly name: Text;
  readonly hardware: DoorHardware;
  readonly counts: boolean;
};

const lane = (
  building: string,
  id: string,
  doorClass: DoorClass,
  zh: string,
  en: string,
): DemoDoor => ({
  id,
  building,
  class: doorClass,
  name: { zh, en },
  hardware: 'lane',
  // Who comes through a gate of the campus is not in that building yet.
  counts: doorClass !== 'gate' || id.startsWith('lab-hall'),
});

const room = (
  building: string,
  id: string,
  doorClass: DoorClass,
  zh: string,
  en: string,
): DemoDoor => ({
  id,
  building,
  class: doorClass,
  name: { zh, en },
  hardware: 'room',
  counts: false,
});

/** In the order in which screens show them. */
export const demoDoors: readonly DemoDoor[] = [
  lane('library', 'east-gate-1', 'gate', '东门 1 号通道', 'East gate, lane 1'),
  lane('library', 'east-gate-2', 'gate', '东门 2 号通道', 'East gate, lane 2'),
  lane('library', 'east-gate-3', 'gate', '东门 3 号通道', 'East gate, lane 3'),
  lane('library', 'library-main-1', 'library', '图书馆东门 1 号通道', 'Library east, lane 1'),
  lane('library', 'library-main-2', 'library', '图书馆东门 2 号通道', 'Library east, lane 2'),
  lane('library', 'library-south', 'library', '图书馆南门', 'Library south'),
  room('library', 'library-study-1', 'library', '图书馆一层自习室', 'Library study room 1'),
  room('library', 'library-study-2', 'library', '图书馆二层自习室', 'Library study room 2'),
  room('library', 'library-media', 'classroom', '图书馆多媒体教室', 'Library media room'),
  room('library', 'library-archive', 'store', '图书馆古籍库', 'Library archive'),
  lane('lab', 'lab-hall-1', 'gate', '实验楼大厅 1 号通道', 'Lab building hall, lane 1'),
  lane('lab', 'lab-hall-2', 'gate', '实验楼大厅 2 号通道', 'Lab building hall, lane 2'),
  room('lab', 'lab-1-101', 'lab', '实验楼 1-101', 'Lab 1-101'),
  room('lab', 'lab-1-102', 'lab', '实验楼 1-102', 'Lab 1-102'),
  room('lab', 'lab-2-201', 'lab', '实验楼 2-201', 'Lab 2-201'),
  room('lab', 'lab-2-202', 'lab', '实验楼 2-202', 'Lab 2-202'),
  room('lab', 'lab-2-203', 'lab', '实验楼 2-203', 'Lab 2-203'),
  room('lab', 'lab-3-201', 'lab', '实验楼 3-201', 'Lab 3-201'),
  room('lab', 'lab-3-202', 'lab', '实验楼 3-202', 'Lab 3-202'),
  room('lab', 'lab-3-203', 'lab', '实验楼 3-203', 'Lab 3-203'),
  room('lab', 'lab-4-401', 'classroom', '实验楼 4-401 机房', 'Computer room 4-401'),
  room('lab', 'lab-4-402', 'classroom', '实验楼 4-402 机房', 'Computer room 4-402'),
  room('lab', 'lab-4-403', 'classroom', '实验楼 4-403 教室', 'Classroom 4-403'),
  room('lab', 'lab-4-404', 'classroom', '实验楼 4-404 教室', 'Classroom 4-404'),
  room('lab', 'lab-chemicals', 'store', '实验楼化学品库', 'Chemical store'),
  lane('north', 'north-gate-1', 'gate', '北门 1 号通道', 'North gate, lane 1'),
  lane('north', 'north-gate-2', 'gate', '北门 2 号通道', 'North gate, lane 2'),
  lane('north', 'canteen-1-east', 'canteen', '食堂一层东门', 'Canteen 1 east'),
  lane('north', 'canteen-1-west', 'canteen', '食堂一层西门', 'Canteen 1 west'),
  lane('north', 'canteen-2', 'canteen', '食堂二层', 'Canteen 2'),
  room('north', 'canteen-store', 'store', '食堂库房', 'Canteen store'),
  room('north', 'north-1-a', 'dormitory', '北区 1 号宿舍 A 门', 'Dormitory 1, door A'),
  room('north', 'north-1-b', 'dormitory', '北区 1 号宿舍 B 门', 'Dormitory 1, door B'),
  room('north', 'north-2-a', 'dormitory', '北区 2 号宿舍 A 门', 'Dormitory 2, door A'),
  room('north', 'north-2-b', 'dormitory', '北区 2 号宿舍 B 门', 'Dormitory 2, door B'),
  room('north', 'north-3-a', 'dormitory', '北区 3 号宿舍 A 门', 'Dormitory 3, door A'),
  room('north', 'north-3-b', 'dormitory', '北区 3 号宿舍 B 门', 'Dormitory 3, door B'),
  room('north', 'north-laundry', 'dormitory', '北区洗衣房', 'North laundry'),
  room('north', 'north-reading', 'library', '北区阅览室', 'North reading room'),
  {
    ...room('north', 'north-bikes', 'store', '北区自行车库', 'North bicycle store'),
    hardware: 'head',
  },
];
