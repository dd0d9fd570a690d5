import { compactVerify, decodeProtectedHeader, importJWK } from 'jose';
import type { JwsVerifier } from '../ports.ts';

/** Compact JWS by jose: ES256 alone, `kid` and `typ` are obligatory, `crit` is refused by jose. */
export const createJwsVerifier = (): JwsVerifier => ({
  verify: async ({ jws, typ, key }) => {
    try {
      const header = decodeProtectedHeader(jws);
      const { kid } = header;
      if (header.alg !== 'ES256' || header.typ !== typ || typeof kid !== 'string') return undefined;
      const jwk = key(kid);
      if (jwk === undefined) return undefined;
      const { payload } = await compactVerify(jws, await importJWK(jwk, 'ES256'), {
        algorithms: ['ES256'],
      });
      return { kid, payload: JSON.parse(new TextDecoder().decode(payload)) as unknown };
    } catch {
      // Hostile or damaged input; who offered it is said where it is handled.
      return undefined;
    }
  },
});
