import { DemoHoldBody, HeldThingView, ScannerView } from '@gatehouse/protocols';
import Type from 'typebox';
import type { Simulator } from '../../adapters/simulator.ts';
import { CloudError } from '../../errors.ts';
import { heldThings, uidOf } from '../../places/seed/held-things.ts';
import type { RouteGroup } from '../parts.ts';
import { scannerOf, scannerView } from './demo.ts';
import { answers } from './responses.ts';

const holdLimit = { rateLimit: { max: 60, timeWindow: 60_000 } } as const;

/** Wristbands, cards and PINs of the demo: of the one who is signed in, and of their children. */
export const demoHoldRoutes: RouteGroup = ({ api, parts, guard }) => {
  const { database } = parts;
  const simulator = (): Simulator => {
    if (parts.simulator === undefined) throw new CloudError('CL_DEMO_OFF');
    return parts.simulator;
  };

  api.get(
    '/api/demo/things',
    { schema: { response: answers(Type.Array(HeldThingView)) } },
    async (request) => {
      const { person } = await guard.allow(request, 'demo');
      simulator();
      return [...(await heldThings(database, person.id))];
    },
  );
  api.post(
    '/api/demo/hold',
    { schema: { body: DemoHoldBody, response: answers(ScannerView) }, config: holdLimit },
    async (request) => {
      const { person } = await guard.allow(request, 'demo');
      const play = simulator();
      const { device, what } = request.body;
      const row = await scannerOf(database, device);
      const held =
        'uid' in what
          ? { uid: await uidOf(database, { person: person.id, uid: what.uid }) }
          : { text: what.keys };
      return scannerView(row, await play.present(row.id, held));
    },
  );
};
