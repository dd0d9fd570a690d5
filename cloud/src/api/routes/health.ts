import Type from 'typebox';
import type { RouteGroup } from '../parts.ts';

const Up = Type.Union([Type.Literal('up'), Type.Literal('down')]);
const Ready = Type.Object({ database: Up, broker: Up });

const word = (isUp: boolean): 'up' | 'down' => (isUp ? 'up' : 'down');

/** For whoever runs the process. Alive: it answers. Ready: what it needs is there, too. */
export const healthRoutes: RouteGroup = ({ api, parts: { database, isBrokerUp } }) => {
  api.get(
    '/healthz',
    { schema: { response: { 200: Type.Object({ ok: Type.Literal(true) }) } } },
    () => ({ ok: true as const }),
  );
  api.get('/readyz', { schema: { response: { 200: Ready, 503: Ready } } }, async (_, reply) => {
    const hasDatabase = await database.query('select 1').then(
      () => true,
      () => false,
    );
    const isReady = hasDatabase && isBrokerUp();
    return reply
      .code(isReady ? 200 : 503)
      .send({ database: word(hasDatabase), broker: word(isBrokerUp()) });
  });
};
