import { fill } from '@gatehouse/protocols';
import type { AffiliationKind, DoorClass, Role, Side, Text } from '@gatehouse/protocols';
import {
  classOfYear,
  colleges,
  demoPeople,
  givenNames,
  offices,
  surnames,
} from './people.table.ts';
import type { DemoAffiliation, DemoPerson } from './people.table.ts';
import {
  demoBuildings,
  demoDoors,
  demoPlainDevices,
  demoSite,
  deviceRoles,
} from './places.table.ts';
import type { DemoDoor, DemoPlainDevice, DeviceRole, DoorHardware } from './places.table.ts';
import { demoRooms, demoRules, demoSchedules, roomGroup } from './rights.ts';
import type { SeedRule, SeedSchedule } from './rights.ts';
import { drawOf, seededUuid } from './seeded-ids.ts';
import { cardReaderProfile, doorsWithCardReader } from './without-phones.table.ts';

export type SeedDevice = {
  readonly id: string;
  readonly gateway: string;
  readonly name: Text;
  /** Null of a device that stands at no door: then its building says where. */
  readonly door: string | null;
  readonly building: string | null;
  readonly profile: string;
  /** Of a scanner; null for all else. */
  readonly side: Side | null;
  /** What an installer sets, by the profile. */
  readonly params: Readonly<Record<string, number | string | boolean>>;
  /** `push`: it asks its gateway by HTTP. */
  readonly wire?: 'rtu+tcp' | 'push';
};
/** What somebody is to the school, and the card that goes with it. */
export type SeedAffiliation = {
  readonly affiliationId: string;
  readonly affiliation: AffiliationKind;
  readonly unit: Text;
  readonly card: {
    readonly id: string;
    readonly number: string;
    /** Unix milliseconds. */
    readonly validFrom: number;
    readonly validTo: number;
    readonly groups: readonly string[];
  };
};
export type SeedPerson = SeedAffiliation & {
  readonly id: string;
  readonly name: Text;
  readonly role: Role | null;
  /** Of a visitor: who answers for the visit; an id. */
  readonly sponsor: string | null;
  readonly more: readonly SeedAffiliation[];
};
export type SeedDoor = {
  readonly id: string;
  readonly building: string;
  readonly gateway: string;
  readonly class: DoorClass;
  readonly name: Text;
  readonly unlockMs: number;
  readonly counts: boolean;
};

/** A whole campus as plain data: what the database is filled with and what simulators imitate. */
export type CampusPlan = {
  readonly site: Omit<typeof demoSite, 'zone'> & { readonly zone: string };
  readonly buildings: readonly { readonly id: string; readonly name: Text }[];
  readonly gateways: readonly {
    readonly id: string;
    readonly building: string;
    readonly name: Text;
  }[];
  readonly doors: readonly SeedDoor[];
  readonly devices: readonly SeedDevice[];
  readonly people: readonly SeedPerson[];
  readonly schedules: readonly SeedSchedule[];
  readonly rules: readonly SeedRule[];
};

export type CampusSize = {
  readonly seed: number;
  /** The dozen that the chooser offers are always there and count. */
  readonly people: number;
  /** IANA name; the school's own where it is left out. */
  readonly zone?: string | undefined;
};

export const peopleDefault = 500;

type Hardware = {
  /** Undefined where the scanner moves the door itself. */
  readonly controller: string | undefined;
  readonly scanner: Pick<SeedDevice, 'profile' | 'wire'>;
  readonly sides: readonly Side[];
  readonly unlockMs: number;
};

const onLine = { profile: 'gatehouse-scanner-s1' } as const;
const hardware: Readonly<Record<DoorHardware, Hardware>> = {
  lane: {
    ...{ controller: 'gatehouse-turnstile-t1', scanner: onLine },
    ...{ sides: ['entry', 'exit'], unlockMs: 5000 },
  },
  room: {
    ...{ controller: 'gatehouse-strike-d1', scanner: onLine },
    ...{ sides: ['entry'], unlockMs: 4000 },
  },
  head: {
    ...{ controller: undefined, scanner: { profile: 'gatehouse-scanner-n1', wire: 'push' } },
    ...{ sides: ['entry'], unlockMs: 4000 },
  },
};
const scannerSuffix: Readonly<Record<Side, string>> = { entry: 'in', exit: 'out' };

const gatewayOf = (building: string): string => {
  const found = demoBuildings.find(({ id }) => id === building);
  if (found === undefined) throw new Error(`no building ${building}`);
  return found.gateway;
};

const planDoor = ({ id, building, class: itsClass, name, hardware: kind, counts }: DemoDoor) => ({
  id,
  building,
  gateway: gatewayOf(building),
  class: itsClass,
  name,
  unlockMs: hardware[kind].unlockMs,
  counts,
});

const deviceName = (door: Text, role: DeviceRole): Text => ({
  zh: fill(deviceRoles[role].zh, { door: door.zh }),
  en: fill(deviceRoles[role].en, { door: door.en }),
});

const planDoorDevices = (planned: DemoDoor): readonly SeedDevice[] => {
  const { id: door, name, building } = planned;
  const { controller, scanner, sides } = hardware[planned.hardware];
  const at = { gateway: gatewayOf(building), door, building: null, params: {} };
  return [
    ...sides.map((side) => ({
      id: `${door}-${scannerSuffix[side]}`,
      ...at,
      name: deviceName(name, side),
      ...scanner,
      side,
    })),
    ...(doorsWithCardReader.includes(door)
      ? [
          {
            id: `${door}-pad`,
            ...at,
            name: deviceName(name, 'cards'),
            profile: cardReaderProfile,
            side: 'entry' as const,
          },
        ]
      : []),
    ...(controller === undefined
      ? []
      : [
          {
            id: `${door}-ctl`,
            ...at,
            name: deviceName(name, 'controller'),
            profile: controller,
            side: null,
          },
        ]),
  ];
};

const planPlainDevice = (device: DemoPlainDevice): SeedDevice => ({
  ...device,
  gateway: gatewayOf(device.building),
  door: null,
  side: null,
});

const termStart = (year: number): number => Date.UTC(year, 7, 31, 16);
const firstYear = 2023;
const studyYears = 4;
const newestYear = 2026;
/** Employees of today's campus: their cards outlast the demo. */
const employedFrom = termStart(2016);
const employedTo = termStart(2046);

/** Of people who are drawn; guardians and visitors are told by name. */
type DrawnAffiliation = Exclude<AffiliationKind, 'guardian' | 'visitor'>;

/** Of each 25 people: 21 students, 3 teachers, 1 of the staff. */
const affiliationOf = (index: number): DrawnAffiliation => {
  const place = index % 25;
  if (place < 21) return 'student';
  return place < 24 ? 'teacher' : 'staff';
};

const draftPerson = (seed: number, index: number): DemoPerson => {
  const draw = drawOf(seed, `about/${index}`);
  const surname = draw.of(surnames);
  const given = draw.of(givenNames);
  const affiliation = affiliationOf(index);
  const college = draw.of(colleges);
  const year = String(firstYear + draw.below(studyYears));
  const unitText = (language: 'zh' | 'en'): string =>
    fill(classOfYear[language], { college: college[language], year });
  const units: Readonly<Record<DrawnAffiliation, Text>> = {
    student: { zh: unitText('zh'), en: unitText('en') },
    teacher: college,
    staff: draw.of(offices),
  };
  const aRoom = roomGroup(draw.of(demoRooms).id);
  const groups: Readonly<Record<DrawnAffiliation, readonly string[]>> = {
    student: [
      'students',
      `dorm-north-${1 + draw.below(3)}`,
      ...(draw.below(3) === 0 ? [aRoom] : []),
    ],
    teacher: ['teachers', aRoom, ...(draw.below(6) === 0 ? ['chemists'] : [])],
    staff: ['staff', draw.of(['library-staff', 'kitchen'])],
  };
  return {
    name: { zh: surname.zh + given.zh, en: `${surname.en} ${given.en}` },
    affiliation,
    unit: units[affiliation],
    role: null,
    groups: groups[affiliation],
  };
};

/** The year of entry as the unit says it; nothing for teachers and staff. */
const entryYear = ({ unit }: DemoAffiliation): number =>
  Number(/\b(20\d\d)$/.exec(unit.en)?.[1] ?? newestYear);

const numberPrefix: Readonly<Record<AffiliationKind, (year: number) => string>> = {
  student: (year) => String(year),
  teacher: () => 'T',
  staff: () => 'S',
  guardian: () => 'G',
  visitor: () => 'V',
};

type Term = { readonly validFrom: number; readonly validTo: number };
const employed = (): Term => ({ validFrom: employedFrom, validTo: employedTo });
const terms: Readonly<Record<AffiliationKind, (year: number) => Term>> = {
  student: (year) => ({ validFrom: termStart(year), validTo: termStart(year + studyYears) }),
  teacher: employed,
  staff: employed,
  guardian: employed,
  visitor: (year) => ({ validFrom: termStart(year), validTo: termStart(year + 1) }),
};

/** @param nth 0 for the first; its ids are those from before there were several */
const planAffiliation = (
  { seed, index, nth }: { readonly seed: number; readonly index: number; readonly nth: number },
  from: DemoAffiliation,
): SeedAffiliation => {
  const { affiliation, unit, groups } = from;
  const year = entryYear(from);
  const name = nth === 0 ? String(index) : `${index}/${nth}`;
  return {
    affiliationId: seededUuid(seed, `affiliation/${name}`, madeAt(index)),
    affiliation,
    unit,
    card: {
      id: seededUuid(seed, `card/${name}`, madeAt(index)),
      number: numberPrefix[affiliation](year) + String(index + 1).padStart(6, '0'),
      ...terms[affiliation](year),
      groups: [...groups].sort(),
    },
  };
};

/** Made when the campus was: later people sort after earlier ones. */
const madeAt = (index: number): number => termStart(firstYear) + index;

const personId = (seed: number, index: number): string =>
  seededUuid(seed, `person/${index}`, madeAt(index));

const planPerson = (seed: number, index: number): SeedPerson => {
  const draft = demoPeople[index] ?? draftPerson(seed, index);
  const { name, role, more = [] } = draft;
  const sponsor = demoPeople.findIndex((person) => person.name.en === draft.sponsor);
  return {
    id: personId(seed, index),
    name,
    ...planAffiliation({ seed, index, nth: 0 }, draft),
    role,
    sponsor: sponsor < 0 ? null : personId(seed, sponsor),
    more: more.map((other, i) => planAffiliation({ seed, index, nth: i + 1 }, other)),
  };
};

/** Pure: the same size gives the same campus to the byte; more people keep the former ones. */
export const campusPlan = (
  { seed, people, zone = demoSite.zone }: CampusSize,
  plainDevices = demoPlainDevices,
): CampusPlan => ({
  site: { ...demoSite, zone },
  buildings: demoBuildings.map(({ id, name }) => ({ id, name })),
  gateways: demoBuildings.map(({ id, gateway, gatewayName }) => ({
    id: gateway,
    building: id,
    name: gatewayName,
  })),
  doors: demoDoors.map(planDoor),
  devices: [...demoDoors.flatMap(planDoorDevices), ...plainDevices.map(planPlainDevice)],
  people: Array.from({ length: Math.max(people, demoPeople.length) }, (_, index) =>
    planPerson(seed, index),
  ),
  schedules: demoSchedules,
  rules: demoRules,
});
