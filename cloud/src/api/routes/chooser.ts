import { ChoiceView, roles, SessionView, Uuid } from '@gatehouse/protocols';
import Type from 'typebox';
import { createBrowserSession } from '../browser-session.ts';
import type { RouteGroup } from '../parts.ts';
import { answers } from './responses.ts';
import { sessionView } from './session.ts';

const OpenBody = Type.Object({ person: Uuid, role: Type.Enum([...roles]) });

/** Choose who you are: how the demo is entered on its own machine, and there alone. */
export const chooserRoutes: RouteGroup = (context) => {
  const { api, parts } = context;
  const browser = createBrowserSession(context);

  api.get(
    '/api/demo/choices',
    { schema: { response: answers(Type.Array(ChoiceView)) } },
    async () => [...(await parts.identity.choices())],
  );
  api.post(
    '/api/session',
    {
      schema: { body: OpenBody, response: answers(SessionView) },
      // By address: whoever asks for a session can bring any cookie.
      config: { rateLimit: { max: 60, timeWindow: 60_000, keyGenerator: ({ ip }) => ip } },
    },
    async (request, reply) => sessionView(await browser.open(request, reply, request.body)),
  );
};
