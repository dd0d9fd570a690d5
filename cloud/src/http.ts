import { pinHash } from './adapters/pin-hash.ts';
import { createSimulator } from './adapters/simulator.ts';
import { startLanServer } from './api/lan-server.ts';
import type { LanOptions } from './api/lan-server.ts';
import type { ApiParts } from './api/parts.ts';
import { createApiServer } from './api/server.ts';
import { createStreamHub } from './api/stream/hub.ts';
import { appendAudit } from './audit/audit.ts';
import type { Cloud } from './cloud.ts';
import type { CloudConfig } from './config.ts';
import { CloudError } from './errors.ts';
import { createDemoIdentity } from './identity/demo-identity.ts';
import { isLoopbackHost } from './identity/loopback.ts';
import type { Ports } from './ports.ts';
import type { ProfileLibrary } from './profiles/library.ts';

export type HttpOptions = {
  readonly config: CloudConfig;
  readonly library: ProfileLibrary;
  /** `embedded`, or the URL of the database. */
  readonly database: string;
  /** The built dashboard; undefined where it is not built. */
  readonly dashboardDir: string | undefined;
  /** Phones on the network, where the configuration has them. */
  readonly lan: Omit<LanOptions, 'dashboardDir' | 'primitives'> | undefined;
};

export type Http = {
  /** Shows the first codes for phones on the network. */
  readonly offerLogins: () => void;
  readonly close: () => Promise<void>;
};

/**
 * Console, phones and API over one cloud.
 * @throws CloudError CL_CONFIG where the demo identity would be reachable from elsewhere, CL_PORT
 */
export const startHttp = async (
  ports: Ports,
  cloud: Cloud,
  { config, library, database, dashboardDir, lan }: HttpOptions,
): Promise<Http> => {
  const { clock, random, log, primitives } = ports;
  const { demo, listen, broker } = config;
  const { profiles } = library;
  if (demo === undefined) {
    throw new CloudError('CL_CONFIG', 'demo: is needed, there is no other identity yet');
  }
  const audit: Parameters<typeof createDemoIdentity>[0]['appendAudit'] = (tx, entry) =>
    appendAudit(tx, entry, primitives.sha256);
  const identity = createDemoIdentity({
    addresses: {
      listen,
      database,
      broker: 'url' in broker ? broker.url : broker.embedded.listen,
    },
    database: ports.database,
    clock,
    random,
    primitives,
    appendAudit: audit,
  });
  let brokerState: 'up' | 'down' = 'down';
  ports.broker.onState((state) => {
    brokerState = state;
  });
  const hub = await createStreamHub({ database: ports.database, clock, log, profiles });
  const parts: ApiParts = {
    database: ports.database,
    clock,
    random,
    log,
    identity,
    revoke: cloud.revocations.revoke,
    appendAudit: audit,
    sendUnlock: cloud.commands.sendUnlock,
    sendRun: cloud.commands.sendRun,
    look: cloud.looks.look,
    profiles,
    library,
    primitives,
    pinHash,
    hub,
    isBrokerUp: () => brokerState === 'up',
    simulator: demo.simulator === undefined ? undefined : createSimulator(demo.simulator),
  };
  const server = await createApiServer({
    parts,
    secure: false,
    isOwnHost: isLoopbackHost,
    dashboardDir,
  });
  await server.listen(listen);
  const phones = lan && (await startLanServer(parts, { ...lan, dashboardDir, primitives }));
  return {
    offerLogins: () => phones?.offer(),
    close: async () => {
      await Promise.all([server.close(), phones?.close()]);
      await hub.stop();
    },
  };
};
