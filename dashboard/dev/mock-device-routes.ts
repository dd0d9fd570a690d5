import type { ChoiceView } from '@gatehouse/protocols';
import { words } from './campus.table.ts';
import { found, ok, refuse } from './mock-route.ts';
import type { Asked, MockReply, Route } from './mock-route.ts';
import { tellWire } from './mock-wire.ts';

/** Devices are for those who keep the building, and for guards. */
const isKeeper = ({ role }: ChoiceView): boolean => role !== 'teacher' && role !== 'student';

const runDevice = ({ devices, id, name, who }: Asked): MockReply => {
  if (!isKeeper(who)) return refuse(403, 'not_allowed', words.missing);
  const device = devices.list().find((each) => each.id === id);
  if (device?.fresh === false) return refuse(409, 'gateway_offline', words.silent);
  return found(devices.run(id, name), 202);
};

const deviceLive = ({ devices, state, id, who }: Asked): MockReply => {
  const device = devices.list().find((each) => each.id === id);
  if (device === undefined) return refuse(404, 'not_found', words.missing);
  if (who.role === 'guard' || !isKeeper(who)) return refuse(403, 'not_allowed', words.missing);
  return {
    stream: (send) =>
      tellWire(state.ports, device, (live) => {
        send(`event: live\ndata: ${JSON.stringify(live)}\n\n`);
      }),
  };
};

export const deviceRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: /^\/console\/devices$/,
    run: ({ devices, who }) => ok(isKeeper(who) ? devices.list() : []),
  },
  {
    method: 'GET',
    path: /^\/console\/profiles$/,
    run: ({ devices, who }) => ok(devices.profiles(who.role)),
  },
  {
    method: 'GET',
    path: /^\/console\/devices\/([a-z0-9-]+)$/,
    run: ({ devices, id, who }) => found(isKeeper(who) ? devices.page(id, who.role) : undefined),
  },
  {
    method: 'GET',
    path: /^\/console\/devices\/([a-z0-9-]+)\/telemetry$/,
    run: ({ devices, id, query }) => {
      const [from, to] = ['from', 'to'].map((name) => Date.parse(query.get(name) ?? ''));
      return found(devices.telemetry(id, from ?? 0, to ?? 0));
    },
  },
  {
    method: 'POST',
    path: /^\/console\/devices\/([a-z0-9-]+)\/commands\/([a-zA-Z0-9]+)$/,
    run: runDevice,
  },
  { method: 'GET', path: /^\/console\/devices\/([a-z0-9-]+)\/live$/, run: deviceLive },
];
