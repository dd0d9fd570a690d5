import type { CampusView, ChoiceView, DoorView, PersonView, Text } from '@gatehouse/protocols';

/** The campus that the mock server plays. */
export const campus: CampusView = {
  campus: 'campus-01',
  name: { zh: '临江大学 东校区', en: 'Linjiang University, East Campus' },
  site: 'east',
  zone: 'Asia/Shanghai',
  colour: null,
  demo: true,
};

/** Of claim groups. */
export const site = { id: 'east', name: { zh: '东湖校区', en: 'East Lake' } } as const;

const person = (n: number, from: readonly [string, string, string, Text]): PersonView => ({
  id: `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`,
  name: { zh: from[0], en: from[1] },
  affiliation: from[2],
  unit: from[3],
});

const cs2024 = { zh: '计算机学院 2024 级', en: 'Computing, class of 2024' };
const physics = { zh: '物理学院', en: 'School of Physics' };
const security = { zh: '保卫处', en: 'Security Office' };
const estates = { zh: '后勤处', en: 'Facilities' };
const itCentre = { zh: '信息中心', en: 'IT Centre' };
const history2023 = { zh: '历史系 2023 级', en: 'History, class of 2023' };

export const people = {
  lilei: person(1, ['李雷', 'Li Lei', 'student', cs2024]),
  hanmei: person(2, ['韩梅梅', 'Han Meimei', 'student', history2023]),
  wangfang: person(3, ['王芳', 'Wang Fang', 'staff', security]),
  zhaomin: person(4, ['赵敏', 'Zhao Min', 'teacher', physics]),
  chengang: person(5, ['陈刚', 'Chen Gang', 'staff', estates]),
  linjing: person(6, ['林静', 'Lin Jing', 'staff', itCentre]),
  zhouyu: person(7, ['周宇', 'Zhou Yu', 'student', cs2024]),
  sunli: person(8, ['孙丽', 'Sun Li', 'student', history2023]),
  wuhao: person(9, ['吴昊', 'Wu Hao', 'teacher', cs2024]),
  zhengkai: person(10, ['郑凯', 'Zheng Kai', 'visitor', physics]),
} as const satisfies Readonly<Record<string, PersonView>>;

export const choices: readonly ChoiceView[] = [
  { person: people.lilei, role: 'student' },
  { person: people.hanmei, role: 'student' },
  { person: people.wangfang, role: 'guard' },
  { person: people.zhaomin, role: 'teacher' },
  { person: people.chengang, role: 'facility' },
  { person: people.linjing, role: 'admin' },
];

export type BuildingRow = {
  readonly id: string;
  readonly gateway: string;
  readonly name: Text;
  readonly gatewayName: Text;
  readonly inside: number;
  readonly doors: readonly (readonly [string, string, string, DoorView['class']])[];
};

const rooms = (
  from: { readonly id: string; readonly zh: string; readonly en: string },
  floors: number,
  each: number,
  doorClass: DoorView['class'],
): BuildingRow['doors'] =>
  Array.from({ length: floors * each }, (_, i) => {
    const number = `${Math.floor(i / each) + 1}-${201 + (i % each)}`;
    const words = [`${from.zh} ${number}`, `${from.en} ${number}`] as const;
    return [`${from.id}-${number}`, ...words, doorClass] as const;
  });

export const buildings: readonly BuildingRow[] = [
  {
    id: 'library',
    gateway: 'gw-library',
    name: { zh: '图书馆', en: 'Library' },
    gatewayName: { zh: '图书馆网关', en: 'Library gateway' },
    inside: 412,
    doors: [
      ['library-east', '图书馆 东门', 'Library East Gate', 'gate'],
      ['library-west', '图书馆 西门', 'Library West Gate', 'gate'],
      ['library-north', '图书馆 北门', 'Library North Gate', 'gate'],
      ['library-staff', '图书馆 员工通道', 'Library Staff Entrance', 'library'],
      ['library-stacks', '图书馆 密集书库', 'Library Compact Stacks', 'store'],
      ['library-rare', '图书馆 古籍室', 'Library Rare Books', 'store'],
      ['library-night', '图书馆 通宵自习室', 'Library Night Study Room', 'library'],
      ['library-exit', '图书馆 疏散出口', 'Library Emergency Exit', 'exit'],
    ],
  },
  {
    id: 'lab',
    gateway: 'gw-lab',
    name: { zh: '实验楼', en: 'Lab Building' },
    gatewayName: { zh: '实验楼网关', en: 'Lab gateway' },
    inside: 37,
    doors: [
      ['lab-main', '实验楼 正门', 'Lab Building Main Gate', 'gate'],
      ...rooms({ id: 'lab', zh: '实验楼', en: 'Lab' }, 3, 5, 'lab'),
      ['lab-chemicals', '实验楼 危化品库', 'Lab Chemicals Store', 'store'],
      ['lab-roof', '实验楼 屋顶', 'Lab Roof', 'exit'],
    ],
  },
  {
    id: 'dorm',
    gateway: 'gw-dorm',
    name: { zh: '北区宿舍', en: 'North Dormitory' },
    gatewayName: { zh: '北区宿舍网关', en: 'Dormitory gateway' },
    inside: 198,
    doors: [
      ['dorm-main', '北区宿舍 大门', 'North Dormitory Gate', 'guarded_gate'],
      ...rooms({ id: 'dorm', zh: '北区宿舍', en: 'Dormitory' }, 3, 4, 'dormitory'),
      ['dorm-canteen', '北区宿舍 食堂', 'Dormitory Canteen', 'canteen'],
    ],
  },
];

export const words = {
  noSession: { zh: '还没有登录', en: 'Nobody is signed in' },
  noSessionNext: { zh: '选择身份', en: 'Choose who you are' },
  missing: { zh: '没有这个地址', en: 'There is nothing at this address' },
  silent: { zh: '网关失联，命令没有发出', en: 'The gateway is silent; nothing was sent' },
  silentNext: { zh: '请值班人员到现场开门', en: 'Have the guard open it on site' },
} as const satisfies Readonly<Record<string, Text>>;
