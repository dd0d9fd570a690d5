import type { Database, Log } from '../ports.ts';
import { revocationsAfter, revocationStart } from './revocations.ts';

/** Certificates of gateways that count no more, in memory: brokers and listeners ask at once. */
export type RevokedCertificates = {
  readonly has: (serial: string) => boolean;
  readonly stop: () => void;
};

const entriesPerRead = 500;

/**
 * @param onRevoked runs for each gateway whose certificate was revoked while we run
 * @throws CloudError CL_DATABASE: nobody may be let in before the list is known
 */
export const followRevokedCertificates = async (
  { database, log }: { readonly database: Database; readonly log: Log },
  onRevoked: (gateway: string) => void,
): Promise<RevokedCertificates> => {
  const serials = new Set<string>();
  let place = revocationStart;

  /** @returns the serials that were not known */
  const read = async (): Promise<readonly string[]> => {
    const fresh: string[] = [];
    let entries: Awaited<ReturnType<typeof revocationsAfter>>;
    do {
      entries = await revocationsAfter(database, place, entriesPerRead);
      for (const { what, policyEpoch, n } of entries) {
        place = { policyEpoch, n };
        if (what.kind !== 'gateway.revoked' || serials.has(normal(what.serial))) continue;
        serials.add(normal(what.serial));
        fresh.push(normal(what.serial));
      }
    } while (entries.length === entriesPerRead);
    return fresh;
  };
  const readAgain = async (): Promise<void> => {
    const fresh = await read();
    if (fresh.length === 0) return;
    const rows = await database.query<{ id: string }>(
      `select id from gateway where ltrim(lower(certificate_serial), '0') = any ($1)`,
      [fresh],
    );
    for (const { id } of rows) onRevoked(id);
  };

  await read();
  let reading = false;
  let isStale = false;
  const follow = async (): Promise<void> => {
    isStale = true;
    if (reading) return;
    reading = true;
    while (isStale) {
      isStale = false;
      await readAgain().catch((error: unknown) => {
        log.warn('revoked_certificates.not_read', { error });
      });
    }
    reading = false;
  };
  const cancel = database.onFeed(() => void follow());
  return { has: (serial) => serials.has(normal(serial)), stop: cancel };
};

/** Node, openssl and people write serials differently: lower case, no leading zeros. */
const normal = (serial: string): string => serial.toLowerCase().replace(/^0+(?=.)/, '');
