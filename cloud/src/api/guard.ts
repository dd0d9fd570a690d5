import { may } from '../access/may.ts';
import { CloudError } from '../errors.ts';
import type { IdentityPort } from '../identity/identity.ts';
import type { Guard } from './parts.ts';

export const sessionCookie = 'gatehouse_session';

export const createGuard = (identity: Pick<IdentityPort, 'sessionOf'>): Guard => {
  const session: Guard['session'] = async ({ cookies }) => {
    const token = cookies[sessionCookie];
    const found = token === undefined ? undefined : await identity.sessionOf(token);
    if (found === undefined) throw new CloudError('CL_NOT_SIGNED_IN');
    return found;
  };
  return {
    session,
    allow: async (request, action, on) => {
      const found = await session(request);
      if (!may(found, action, on)) throw new CloudError('CL_NOT_ALLOWED', action);
      return found;
    },
  };
};
