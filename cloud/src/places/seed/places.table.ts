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

/** `lane`: a turnstile with scanners on both sides. `room`: a strike and one scanner outside. */
export type DoorHardware = 'lane' | 'room';

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
  room('north', 'north-bikes', 'store', '北区自行车库', 'North bicycle store'),
];
