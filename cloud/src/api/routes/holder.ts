import { Uuid } from '@gatehouse/protocols';
import type { PersonView } from '@gatehouse/protocols';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { Guard } from '../parts.ts';

/** Which of one's own cards is meant, by its id; left out, the one that comes first. */
export const CardQuery = Type.Object({ card: Type.Optional(Uuid) });

type Asked = FastifyRequest & { readonly query: Type.Static<typeof CardQuery> };

/**
 * Who is signed in, and the card that they ask about.
 * @throws CloudError CL_NOT_SIGNED_IN, CL_NOT_ALLOWED
 */
export const holderOf = async (
  guard: Pick<Guard, 'allow'>,
  request: Asked,
): Promise<{ readonly person: PersonView; readonly card: string | undefined }> => {
  const { person } = await guard.allow(request, 'card');
  return { person, card: request.query.card };
};
