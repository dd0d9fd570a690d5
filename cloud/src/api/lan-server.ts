import type { PersonView, Primitives, Role } from '@gatehouse/protocols';
import type { OwnAddresses } from '../adapters/own-addresses.ts';
import { createLanLogins } from '../identity/lan-logins.ts';
import type { LanLogin } from '../identity/lan-logins.ts';
import type { ApiParts } from './parts.ts';
import { createApiServer } from './server.ts';
import type { ApiServer, LanEntry } from './server.ts';

/** What a phone needs to come in. For the screen of who started us; in no log. */
export type LanOffer = {
  /** `https://address:port` */
  readonly url: string;
  /** The same at the other addresses of this machine. */
  readonly others: readonly string[];
  readonly logins: readonly {
    readonly person: PersonView;
    readonly role: Role;
    /** Good once, and for ten minutes. */
    readonly url: string;
  }[];
};

export type LanOptions = {
  /** `0.0.0.0:port`, or one address of this machine. */
  readonly listen: string;
  readonly addresses: OwnAddresses;
  readonly tls: LanEntry['tls'];
  /** Gets the first codes, and new ones each time one was used. */
  readonly show: (offer: LanOffer) => void;
  /** The built dashboard; undefined where it is not built. */
  readonly dashboardDir: string | undefined;
  readonly primitives: Pick<Primitives, 'sha256'>;
};

export type LanServer = {
  /** For tests, `inject`. */
  readonly api: ApiServer['api'];
  readonly port: number;
  /** Makes the first codes. */
  readonly offer: () => void;
  readonly close: () => Promise<void>;
};

/** One for a phone, one for the console. */
const offeredRoles: readonly Role[] = ['student', 'guard'];

const offerOf = (
  [url = '', ...others]: readonly string[],
  logins: readonly LanLogin[],
): LanOffer => ({
  url,
  others,
  logins: logins.map(({ person, role, token }) => ({ person, role, url: `${url}/lan/${token}` })),
});

/**
 * The same cloud for phones on the network. The chooser is not there: the first student and the
 * first guard come in by one-time codes.
 * @throws CloudError CL_PORT
 */
export const startLanServer = async (
  parts: ApiParts,
  { listen, addresses, tls, show, dashboardDir, primitives }: LanOptions,
): Promise<LanServer> => {
  const all = await parts.identity.choices();
  const choices = offeredRoles.flatMap((role) => all.find((one) => one.role === role) ?? []);
  const logins = createLanLogins({ ...parts, choices, primitives });
  const own = new Set(addresses.own);
  const server = await createApiServer({
    parts,
    dashboardDir,
    secure: true,
    isOwnHost: (host) => own.has(host),
    lan: { tls, logins },
  });
  const port = await server.listen(listen);
  const urls = addresses.reachable.map((address) => `https://${address}:${port}`);
  return {
    api: server.api,
    port,
    offer: () => {
      logins.start((made) => {
        show(offerOf(urls, made));
      });
    },
    close: server.close,
  };
};
