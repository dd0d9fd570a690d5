/**
 * A gateway on a real disk that dies by SIGKILL around the commit of its first grant, or one that
 * starts where another one died. Arguments: the journal's file; `before` or `after`, or the code
 * that the other one was shown and how far the wall clock has moved since the other one's start.
 */
import { randomBytes } from 'node:crypto';
import { openJournalOnDisk } from '../adapters/journal-disk.ts';
import { createDirectJournal } from '../journal/direct-journal.ts';
import type { Journal } from '../ports.ts';
import { createBuilding, createReadyBuilding } from './building.ts';
import { createSilentLog } from './silent-log.ts';
import { people } from './small-campus.ts';
import type { VirtualClock } from './virtual-clock.ts';

const [file = '', wish = '', laterMs = '0'] = process.argv.slice(2);
const hex = (bytes: number): string => randomBytes(bytes).toString('hex');

const onDisk = ({ nowMs }: VirtualClock): Journal =>
  createDirectJournal({
    open: () =>
      openJournalOnDisk({
        ...{ gateway: 'gw-1', file, bytesMax: 64 * 1024 * 1024 },
        ...{ freshEpoch: hex(4), nextInstance: hex(8), log: createSilentLog() },
      }).journal,
    random: (length) => randomBytes(length),
    nowMs,
  });

const dying = (clock: VirtualClock): Journal => {
  const journal = onDisk(clock);
  return {
    ...journal,
    append: async (asked) => {
      const isGrant = asked.events.some(({ kind }) => kind === 'access.granted');
      if (isGrant && wish === 'before') process.kill(process.pid, 'SIGKILL');
      const appended = await journal.append(asked);
      if (isGrant) process.kill(process.pid, 'SIGKILL');
      return appended;
    },
  };
};

const tell = (message: object): Promise<void> =>
  new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });

const die = async (): Promise<void> => {
  const { scan, iat, modbus } = await createReadyBuilding({ journal: dying });
  const code = people.staff.phone.text({ iat: iat(), counter: 1 });
  await tell({ code });
  await scan('in', code);
  await tell({ survived: modbus.writes });
};

/** Shown twice, with half a minute between. */
const comeBack = async (code: string): Promise<void> => {
  const { clock, boot, cloud, store, scan, heads, modbus } = createBuilding({ journal: onDisk });
  clock.stepWall(Number(laterMs));
  await boot();
  await clock.advance(5_000);
  await cloud.hello();
  await cloud.sayPolicy();
  await cloud.until(() => store.head !== undefined);
  await clock.advance(1_000);
  const shown: unknown[] = [];
  for (const waitMs of [0, 31_000]) {
    await clock.advance(waitMs);
    await scan('in', code);
    shown.push(heads.in.written.at(-1));
  }
  const unlocks = modbus.writes.filter((write) => write.includes(' write 16=30'));
  await tell({ shown, unlocks: unlocks.length });
};

await (wish === 'before' || wish === 'after' ? die() : comeBack(wish));
process.disconnect();
