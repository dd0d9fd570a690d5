import { DemoScanBody, Id, ScannerView } from '@gatehouse/protocols';
import Type from 'typebox';
import type { Shown, Simulator } from '../../adapters/simulator.ts';
import { CloudError } from '../../errors.ts';
import { cardReaderProfile } from '../../places/seed/without-phones.table.ts';
import type { Queryable } from '../../ports.ts';
import type { RouteGroup } from '../parts.ts';
import { answers, noContent } from './responses.ts';

/** How long a lamp stays on. */
const shownForMs = 5_000;

export type ScannerRow = {
  readonly id: string;
  readonly profile: string;
  readonly door: string;
  readonly side: 'entry' | 'exit';
  readonly name_zh: string;
  readonly name_en: string;
  /** The controller of the same door; the scanner where it moves the door itself. */
  readonly controller: string;
};

/** All scanners, or this one. */
const selectScanners = (db: Queryable, device?: string): Promise<readonly ScannerRow[]> =>
  db.query<ScannerRow>(
    `select v.id, v.profile, v.door, v.side, d.name_zh, d.name_en,
       coalesce(
         (select c.id from device c where c.door = v.door and c.side is null
          order by c.id limit 1), v.id) as controller
     from device v
     join door d on d.id = v.door
     join building b on b.id = d.building
     where v.side in ('entry', 'exit') and ($1::text is null or v.id = $1)
     order by b.sort, d.sort, v.side, v.id`,
    [device ?? null],
  );

export const scannerView = (
  row: ScannerRow,
  shown: Pick<Shown, 'lamp' | 'text'> | undefined,
): ScannerView => ({
  device: row.id,
  door: row.door,
  doorName: { zh: row.name_zh, en: row.name_en },
  side: row.side,
  ...(row.profile === cardReaderProfile ? { reads: 'cards' as const } : {}),
  lamp: shown?.lamp ?? 'off',
  display: shown?.text ?? '',
});

export const scannerOf = async (db: Queryable, device: string): Promise<ScannerRow> => {
  const [scanner] = await selectScanners(db, device);
  if (scanner === undefined) throw new CloudError('CL_NOT_FOUND', device);
  return scanner;
};

/** What hands and feet would do at a real door; only where a simulator plays the campus. */
export const demoRoutes: RouteGroup = ({ api, parts, guard }) => {
  const { database, clock } = parts;
  const simulator = (): Simulator => {
    if (parts.simulator === undefined) throw new CloudError('CL_DEMO_OFF');
    return parts.simulator;
  };

  api.get(
    '/api/demo/scanners',
    { schema: { response: answers(Type.Array(ScannerView)) } },
    async (request) => {
      await guard.allow(request, 'demo');
      const shown = await simulator().shown();
      const sinceMs = clock.nowMs() - shownForMs;
      const rows = await selectScanners(database);
      return rows.flatMap((row) => {
        const last = shown.get(row.id);
        if (!shown.has(row.id)) return [];
        return [scannerView(row, last !== undefined && last.atMs > sinceMs ? last : undefined)];
      });
    },
  );
  api.post(
    '/api/demo/scan',
    { schema: { body: DemoScanBody, response: answers(ScannerView) } },
    async (request) => {
      await guard.allow(request, 'demo');
      const { device, text } = request.body;
      const play = simulator();
      const row = await scannerOf(database, device);
      return scannerView(row, await play.present(row.id, { text }));
    },
  );
  api.post(
    '/api/demo/walk',
    { schema: { body: Type.Object({ device: Id }), response: noContent } },
    async (request, reply) => {
      await guard.allow(request, 'demo');
      const play = simulator();
      const { controller, side } = await scannerOf(database, request.body.device);
      await play.walk(controller, side);
      return reply.code(204).send(null);
    },
  );
};
