import Type from 'typebox';
import { may } from '../../access/may.ts';
import type { LanLogins } from '../../identity/lan-logins.ts';
import { createBrowserSession } from '../browser-session.ts';
import { spentCodePage } from '../pages.table.ts';
import type { RouteGroup } from '../parts.ts';

/** A code from the terminal, scanned by a phone: how the demo is entered from the network. */
export const lanRoutes =
  (logins: Pick<LanLogins, 'take'>): RouteGroup =>
  (context) => {
    const browser = createBrowserSession(context);
    context.api.get(
      '/lan/:token',
      {
        schema: { params: Type.Object({ token: Type.String() }) },
        config: { rateLimit: { max: 60, timeWindow: 60_000, keyGenerator: ({ ip }) => ip } },
      },
      async (request, reply) => {
        reply.header('cache-control', 'no-store');
        // Taken before anything is awaited: of two that come at once, one gets it.
        const choice = logins.take(request.params.token);
        if (choice === undefined) {
          return reply.code(404).type('text/html; charset=utf-8').send(spentCodePage);
        }
        const who = { person: choice.person.id, role: choice.role };
        const session = await browser.open(request, reply, who);
        return reply.redirect(may(session, 'console') ? '/console' : '/m', 303);
      },
    );
  };
