import { demoDoors } from './places.table.ts';
import type { DemoDoor } from './places.table.ts';

export type SeedSchedule = {
  readonly id: string;
  readonly windows: readonly {
    readonly days: readonly number[];
    readonly from: number;
    readonly to: number;
  }[];
};
export type SeedRule = {
  readonly id: string;
  readonly group: string;
  readonly door: string;
  readonly schedule: string;
};

const everyDay = [1, 2, 3, 4, 5, 6, 7] as const;
const daysToSaturday = [1, 2, 3, 4, 5, 6] as const;

/** Minutes of wall time. */
const at = (hours: number, minutes = 0): number => hours * 60 + minutes;

const daily = (id: string, from: number, to: number): SeedSchedule => ({
  id,
  windows: [{ days: everyDay, from, to }],
});

export const demoSchedules: readonly SeedSchedule[] = [
  daily('always', 0, at(24)),
  daily('library-hours', at(7), at(22, 30)),
  daily('canteen-hours', at(6), at(22)),
  daily('dorm-hours', at(5, 30), at(23, 30)),
  daily('class-hours', at(7, 30), at(22, 30)),
  { id: 'lab-hours', windows: [{ days: daysToSaturday, from: at(8), to: at(22) }] },
];

/** A room of its own group: who works or teaches in it. */
export const roomGroup = (door: string): string => `room-${door}`;

const isRoomOfGroup = ({ class: itsClass }: DemoDoor): boolean =>
  itsClass === 'lab' || itsClass === 'classroom';

export const demoRooms: readonly DemoDoor[] = demoDoors.filter(isRoomOfGroup);

type Right = {
  readonly groups: readonly string[];
  readonly schedule: string;
  readonly opens: (door: DemoDoor) => boolean;
};

const everybody = ['students', 'teachers', 'staff'] as const;
const dormitories = ['dorm-north-1', 'dorm-north-2', 'dorm-north-3'] as const;

const rights: readonly Right[] = [
  { groups: ['security'], schedule: 'always', opens: () => true },
  {
    groups: everybody,
    schedule: 'always',
    opens: (door) => door.class === 'gate' && !door.id.startsWith('lab-hall'),
  },
  {
    groups: ['guardians', 'pupils', 'visitors'],
    schedule: 'class-hours',
    opens: (door) => door.class === 'gate' && !door.id.startsWith('lab-hall'),
  },
  {
    groups: ['pupils'],
    schedule: 'canteen-hours',
    opens: (door) => door.class === 'canteen',
  },
  {
    groups: ['students'],
    schedule: 'class-hours',
    opens: ({ id }) => id.startsWith('lab-hall') || id === 'north-reading',
  },
  {
    groups: ['teachers', 'staff'],
    schedule: 'always',
    opens: ({ id }) => id.startsWith('lab-hall'),
  },
  {
    groups: everybody,
    schedule: 'library-hours',
    opens: (door) => door.class === 'library' && door.building === 'library',
  },
  { groups: everybody, schedule: 'canteen-hours', opens: (door) => door.class === 'canteen' },
  { groups: ['library-staff'], schedule: 'class-hours', opens: (d) => d.id === 'library-archive' },
  { groups: ['kitchen'], schedule: 'always', opens: ({ id }) => id === 'canteen-store' },
  { groups: ['chemists'], schedule: 'lab-hours', opens: ({ id }) => id === 'lab-chemicals' },
  {
    groups: dormitories,
    schedule: 'always',
    opens: ({ id }) => id === 'north-laundry' || id === 'north-bikes',
  },
  ...dormitories.map((group) => ({
    groups: [group],
    schedule: 'dorm-hours',
    opens: ({ id }: DemoDoor) => id.startsWith(`${group.slice('dorm-'.length)}-`),
  })),
  ...demoRooms.map(({ id }) => ({
    groups: [roomGroup(id)],
    schedule: 'lab-hours',
    opens: (door: DemoDoor) => door.id === id,
  })),
];

export const demoRules: readonly SeedRule[] = rights.flatMap(({ groups, schedule, opens }) =>
  demoDoors.filter(opens).flatMap((door) =>
    groups.map((group) => ({
      id: `${group}--${door.id}`,
      group,
      door: door.id,
      schedule,
    })),
  ),
);
