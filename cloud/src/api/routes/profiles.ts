import {
  DecodeBody,
  DecodeView,
  Id,
  ProfileBody,
  profileBytesMax,
  ProfileCheckedView,
  ProfileListItem,
  ProfilePageView,
  PublishBody,
  PublishedView,
  VectorsView,
} from '@gatehouse/protocols';
import Type from 'typebox';
import { may } from '../../access/may.ts';
import { CloudError } from '../../errors.ts';
import { createProfileChanges } from '../../profiles/changes.ts';
import { tryOut } from '../../profiles/decode.ts';
import {
  profileList,
  profilePage,
  profileVersion,
  runProfileVectors,
} from '../../profiles/views.ts';
import type { RouteContext, RouteGroup } from '../parts.ts';
import { answers, noContent } from './responses.ts';

const base = '/api/console/profiles/:profile';
const ProfileParams = Type.Object({ profile: Id });
const Version = Type.String({ pattern: '^[0-9]{1,6}\\.[0-9]{1,6}\\.[0-9]{1,6}$' });
const VersionQuery = Type.Object({ version: Type.Optional(Version) });
const VersionParams = Type.Object({ profile: Id, version: Version });

/** JSON writes a control character as six: a text of the greatest size still passes. */
const bodyLimit = 2 * profileBytesMax;
/** Each checks a file, runs its vectors or reads it anew. */
const rateLimit = { max: 60, timeWindow: 60_000 };

export const customProfileRoutes: RouteGroup = (context) => {
  addReading(context);
  addTrying(context);
  addChanges(context);
};

const addReading = ({ api, parts, guard }: RouteContext): void => {
  api.get(
    '/api/console/profile-list',
    { schema: { response: answers(Type.Array(ProfileListItem)) }, config: { rateLimit } },
    async (request) => {
      await guard.allow(request, 'profile.read');
      return profileList(parts);
    },
  );
  api.get(
    `${base}/page`,
    {
      schema: {
        params: ProfileParams,
        querystring: VersionQuery,
        response: answers(ProfilePageView),
      },
      config: { rateLimit },
    },
    async (request) => {
      const session = await guard.allow(request, 'profile.read');
      const { profile: id } = request.params;
      const page = await profilePage(parts, {
        id,
        version: request.query.version,
        mayWrite: may(session, 'profile.write'),
        mayRun: may(session, 'device.run'),
      });
      if (page === undefined) throw new CloudError('CL_NOT_FOUND', id);
      return page;
    },
  );
};

const addTrying = ({ api, parts, guard }: RouteContext): void => {
  /** @throws CloudError CL_NOT_FOUND */
  const wanted = async (id: string, version: string | undefined) => {
    const found = await profileVersion(parts, id, version);
    if (found === undefined) throw new CloudError('CL_NOT_FOUND', `${id}@${version ?? ''}`);
    return found.profile;
  };
  api.get(
    `${base}/vectors`,
    {
      schema: { params: ProfileParams, querystring: VersionQuery, response: answers(VectorsView) },
      config: { rateLimit },
    },
    async (request) => {
      await guard.allow(request, 'profile.read');
      const profile = await wanted(request.params.profile, request.query.version);
      return runProfileVectors(profile, parts.clock.monoMs);
    },
  );
  api.post(
    `${base}/decode`,
    {
      schema: { params: ProfileParams, body: DecodeBody, response: answers(DecodeView) },
      config: { rateLimit: { max: 240, timeWindow: 60_000 } },
    },
    async (request) => {
      await guard.allow(request, 'profile.read');
      const { version, ...asked } = request.body;
      return tryOut(await wanted(request.params.profile, version), asked);
    },
  );
};

const addChanges = ({ api, parts, guard }: RouteContext): void => {
  const changes = createProfileChanges(parts);
  api.post(
    '/api/console/profiles',
    {
      schema: { body: ProfileBody, response: answers(ProfileCheckedView) },
      bodyLimit,
      config: { rateLimit },
    },
    async (request): Promise<ProfileCheckedView> => {
      const session = await guard.allow(request, 'profile.write');
      const { text, save } = request.body;
      const got = await changes.write(session, text, save);
      if (!got.ok) {
        const none = { id: null, version: null, vectors: null, refusals: [] };
        return { saved: false, faults: [...got.faults], ...none };
      }
      const { profile, saved, refusals, diff } = got;
      const vectors = runProfileVectors(profile, parts.clock.monoMs);
      const { id, version } = vectors;
      return {
        saved,
        faults: [],
        id,
        version,
        vectors,
        refusals: [...refusals],
        ...(diff && { diff }),
      };
    },
  );
  api.post(
    `${base}/versions/:version/publish`,
    {
      schema: { params: VersionParams, body: PublishBody, response: answers(PublishedView) },
      config: { rateLimit },
    },
    async (request) => {
      const session = await guard.allow(request, 'profile.write');
      const { profile: id, version } = request.params;
      return changes.publish(session, { id, version, ...request.body });
    },
  );
  api.post(
    `${base}/back`,
    { schema: { params: ProfileParams, response: answers(PublishedView) }, config: { rateLimit } },
    async (request) => {
      const session = await guard.allow(request, 'profile.write');
      return changes.back(session, request.params.profile);
    },
  );
  api.delete(
    `${base}/shadow`,
    { schema: { params: ProfileParams, response: noContent }, config: { rateLimit } },
    async (request, reply) => {
      const session = await guard.allow(request, 'profile.write');
      await changes.endShadow(session, request.params.profile);
      return reply.code(204).send(null);
    },
  );
};
