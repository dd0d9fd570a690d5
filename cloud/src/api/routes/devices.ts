import {
  CommandView,
  DevicePageView,
  DeviceView,
  ErrorView,
  Id,
  ProfileView,
  RunBody,
  TelemetryView,
} from '@gatehouse/protocols';
import type { DeviceLiveView } from '@gatehouse/protocols';
import Type from 'typebox';
import { may } from '../../access/may.ts';
import { CloudError } from '../../errors.ts';
import {
  commandsOfDevice,
  deviceView,
  deviceViews,
  latestReadings,
} from '../../fleet/device-views.ts';
import { describeProfile } from '../../fleet/profile-view.ts';
import { isLeftToDoors } from '../../fleet/profiles.ts';
import { readTelemetry, telemetryRange } from '../../fleet/telemetry.ts';
import type { Session } from '../../identity/identity.ts';
import { storableText } from '../../storable.ts';
import type { ApiParts, RouteContext, RouteGroup } from '../parts.ts';
import { runStream } from '../stream/stream-response.ts';
import { answers } from './responses.ts';

const DeviceParams = Type.Object({ device: Id });
const RunParams = Type.Object({
  device: Id,
  command: Type.String({ pattern: '^[a-z][a-zA-Z0-9]{0,39}$' }),
});
const Time = Type.String({ maxLength: 35 });
const Range = Type.Object({ from: Type.Optional(Time), to: Type.Optional(Time) });

/** @throws CloudError CL_NOT_FOUND */
const deviceOf = async (
  { database, profiles }: Pick<ApiParts, 'database' | 'profiles'>,
  id: string,
): Promise<DeviceView> => {
  const device = await deviceView(database, profiles, id);
  if (device === undefined) throw new CloudError('CL_NOT_FOUND', id);
  return device;
};

/** @throws CloudError CL_NOT_FOUND where this cloud does not know it */
const profileOf = ({ profiles }: Pick<ApiParts, 'profiles'>, id: string) => {
  const profile = profiles.get(id);
  if (profile === undefined) throw new CloudError('CL_NOT_FOUND', id);
  return profile;
};

type Deed = {
  readonly action: 'device.run' | 'device.watch';
  readonly device: string;
  readonly detail: Readonly<Record<string, unknown>>;
};

/** Who looked, and who wanted what they may not: what is run stands there by itself. */
const audit = async (
  { database, clock, appendAudit }: ApiParts,
  { person, role }: Session,
  { action, device: subject, detail }: Deed,
): Promise<void> => {
  const entry = { atMs: clock.nowMs(), actor: person.id, action, subject };
  await database.transaction(async (tx) => {
    await appendAudit(tx, { ...entry, detail: { role, ...detail } });
  });
};

const devicePage = async (
  parts: ApiParts,
  session: Session,
  id: string,
): Promise<DevicePageView> => {
  const { database } = parts;
  const device = await deviceOf(parts, id);
  const profile = profileOf(parts, device.profile);
  const mayRun = may(session, 'device.run');
  const measured = Object.keys(profile.model.telemetry ?? {});
  return {
    device,
    profile: describeProfile(
      profile,
      (command) => mayRun && !isLeftToDoors(profile, command, device.door?.id ?? null),
    ),
    latest: await latestReadings(database, id, measured),
    commands: await commandsOfDevice(database, id),
    mayWatch: may(session, 'device.watch'),
  };
};

type Asked = { readonly device: string; readonly command: string } & Type.Static<typeof RunBody>;

const run = async (parts: ApiParts, session: Session, asked: Asked): Promise<CommandView> => {
  const { device, command, args } = asked;
  const reason = storableText(asked.reason);
  const view = await deviceOf(parts, device);
  const profile = profileOf(parts, view.profile);
  const commands = profile.model.commands ?? {};
  const entry = Object.hasOwn(commands, command) ? commands[command] : undefined;
  const isLeft = isLeftToDoors(profile, command, view.door?.id ?? null);
  if (!may(session, 'device.run') || isLeft) {
    const detail = { run: command, reason, refused: 'not_allowed' };
    await audit(parts, session, { action: 'device.run', device, detail });
    throw new CloudError('CL_NOT_ALLOWED', command);
  }
  if (entry === undefined) throw new CloudError('CL_NOT_FOUND', command);
  const sent = await parts.sendRun({
    device,
    run: command,
    args,
    reason,
    actor: session.person.id,
    ttlMs: entry.expiresInMs,
    confirmWithinMs: entry.confirmBy?.withinMs ?? null,
  });
  // It is written and audited; the screen is told at once instead of being shown a wait.
  if (sent.failure === 'gateway_offline') throw new CloudError('CL_GATEWAY_OFFLINE', device);
  return sent;
};

const addLive = (context: RouteContext): void => {
  const { api, parts, guard } = context;
  api.get(
    '/api/console/devices/:device/live',
    { schema: { params: DeviceParams }, config: { rateLimit: { max: 60, timeWindow: 60_000 } } },
    async (request, reply) => {
      const session = await guard.allow(request, 'device.watch');
      const { id: device, gateway } = await deviceOf(parts, request.params.device);
      let tell = (_: DeviceLiveView): void => undefined;
      // Too many are refused here, while the answer can still say so.
      const cancel = parts.look({ gateway, device }, (live) => tell(live));
      try {
        // Raw frames of a building's devices: who looks is written before anything is shown.
        await audit(parts, session, { action: 'device.watch', device, detail: {} });
        runStream(context, reply, {
          session,
          beat: (writer) => writer.beat(parts.hub.pos()),
          feed: (writer) => {
            tell = (live) => writer.send({ event: 'live', data: live });
            return cancel;
          },
        });
      } catch (error) {
        cancel();
        throw error;
      }
      return reply;
    },
  );
};

export const deviceRoutes: RouteGroup = (context) => {
  const { api, parts, guard } = context;
  const { database, clock, profiles } = parts;

  api.get(
    '/api/console/devices',
    { schema: { response: answers(Type.Array(DeviceView)) } },
    async (request) => {
      await guard.allow(request, 'device.read');
      return [...(await deviceViews(database, profiles))];
    },
  );
  api.get(
    '/api/console/devices/:device',
    { schema: { params: DeviceParams, response: answers(DevicePageView) } },
    async (request) => {
      const session = await guard.allow(request, 'device.read');
      return devicePage(parts, session, request.params.device);
    },
  );
  api.get(
    '/api/console/devices/:device/telemetry',
    {
      schema: { params: DeviceParams, querystring: Range, response: answers(TelemetryView) },
      config: { rateLimit: { max: 120, timeWindow: 60_000 } },
    },
    async (request) => {
      await guard.allow(request, 'device.read');
      const range = telemetryRange(request.query, clock.nowMs());
      const { id, profile } = await deviceOf(parts, request.params.device);
      const measured = Object.keys(profileOf(parts, profile).model.telemetry ?? {});
      return readTelemetry(database, id, measured, range);
    },
  );
  api.post(
    '/api/console/devices/:device/commands/:command',
    {
      schema: {
        params: RunParams,
        body: RunBody,
        response: { 202: CommandView, '4xx': ErrorView, '5xx': ErrorView },
      },
      config: { rateLimit: { max: 30, timeWindow: 60_000 } },
    },
    async (request, reply) => {
      const session = await guard.session(request);
      const command = await run(parts, session, { ...request.params, ...request.body });
      return reply.code(202).send(command);
    },
  );
  addLive(context);
};

export const profileRoutes: RouteGroup = ({ api, parts, guard }) => {
  const { profiles } = parts;
  api.get(
    '/api/console/profiles',
    { schema: { response: answers(Type.Array(ProfileView)) } },
    async (request) => {
      const session = await guard.allow(request, 'device.read');
      const mayRun = may(session, 'device.run');
      return [...profiles.values()].map((profile) => describeProfile(profile, () => mayRun));
    },
  );
  api.get(
    '/api/console/profiles/:profile',
    { schema: { params: Type.Object({ profile: Id }), response: answers(ProfileView) } },
    async (request) => {
      const session = await guard.allow(request, 'device.read');
      const mayRun = may(session, 'device.run');
      return describeProfile(profileOf(parts, request.params.profile), () => mayRun);
    },
  );
};
