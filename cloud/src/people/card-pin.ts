import {
  digitsOf,
  isWeakPin,
  pinDigitsDrawn,
  pinRefusal,
  pinSaltBytes,
  utf8,
} from '@gatehouse/protocols';
import type { PinHash } from '../adapters/pin-hash.ts';
import { lockCard } from '../cards/card-rows.ts';
import type { CardChangePorts, LockedCard } from '../cards/card-rows.ts';
import { tellHolder } from '../cards/tell-holder.ts';
import { CloudError } from '../errors.ts';
import { appendFeed } from '../feed/feed.ts';
import type { Session } from '../identity/identity.ts';
import type { Ports, Queryable } from '../ports.ts';
import { drawPinNumber } from './card-numbers.ts';

export type PinPorts = CardChangePorts & { readonly pinHash: PinHash };

const drawnBytes = 40;
const tries = 40;

const drawPin = (random: Ports['random'], numbers: readonly string[]): string => {
  for (let i = 0; i < tries; i += 1) {
    const pin = digitsOf(random(drawnBytes), pinDigitsDrawn);
    if (pin.length === pinDigitsDrawn && !isWeakPin(pin, numbers)) return pin;
  }
  throw new Error('no PIN could be drawn');
};

/** @throws CloudError CL_PIN_WEAK */
const choosePin = (
  random: Ports['random'],
  chosen: string | null,
  numbers: readonly string[],
): string => {
  if (chosen === null) return drawPin(random, numbers);
  if (pinRefusal(chosen, numbers) !== undefined) throw new CloudError('CL_PIN_WEAK');
  return chosen;
};

/** Said without the PIN, which is in no log, no audit, no feed and no notice. */
const tellChange = async (
  tx: Queryable,
  ports: CardChangePorts,
  card: LockedCard,
  about: { readonly clerk: string; readonly verb: 'set' | 'end'; readonly number: string },
): Promise<void> => {
  const { clerk, verb, number } = about;
  const atMs = ports.clock.nowMs();
  const name = verb === 'set' ? 'pin.set' : 'pin.ended';
  const audited = { action: `card.pin_${verb}`, subject: card.id, detail: { number } };
  await ports.appendAudit(tx, { atMs, actor: clerk, ...audited });
  const data = { card: card.id, person: card.person };
  await appendFeed(tx, atMs, { kind: 'domain', name, subject: card.id, data });
  await tellHolder(tx, ports, { person: card.person, kind: name, data: { number } });
};

export type SetPin = {
  readonly person: string;
  /** Stays with the card, however often its PIN is set anew. */
  readonly number: string;
  /** The only time that it is told; null where it was chosen. */
  readonly pin: string | null;
};

/**
 * Sets the PIN of a card, in the place of the former. Hashed inside the card's lock, so that of two
 * at once the later one holds, whole.
 * @throws CloudError CL_PIN_WEAK, CL_CARD_ENDED, CL_NOT_FOUND
 */
export const setPin = async (
  ports: PinPorts,
  { person: clerk }: Session,
  order: { readonly card: string; readonly pin: string | null },
): Promise<SetPin> => {
  const { database, clock, random, pinHash } = ports;
  return database.transaction(async (tx) => {
    const card = await lockCard(tx, order.card);
    if (card.state === 'ended') throw new CloudError('CL_CARD_ENDED');
    const [held] = await tx.query<{ number: string }>(
      'select number from pin where card = $1::uuid',
      [card.id],
    );
    const number = held?.number ?? (await drawPinNumber(tx, random));
    const pin = choosePin(random, order.pin, [number, card.number]);
    const salt = random(pinSaltBytes);
    const hash = await pinHash(utf8(pin), salt);
    await tx.query(
      `insert into pin (card, number, salt, hash, since) values ($1::uuid, $2, $3, $4, $5)
       on conflict (card) do update set salt = excluded.salt, hash = excluded.hash,
         since = excluded.since, ended_at = null`,
      [card.id, number, salt, hash, new Date(clock.nowMs())],
    );
    await tellChange(tx, ports, card, { clerk: clerk.id, verb: 'set', number });
    return { person: card.person, number, pin: order.pin === null ? pin : null };
  });
};

/** @returns the person @throws CloudError CL_NOT_FOUND where there is none */
export const endPin = async (
  ports: CardChangePorts,
  { person: clerk }: Session,
  order: { readonly card: string },
): Promise<string> =>
  ports.database.transaction(async (tx) => {
    const card = await lockCard(tx, order.card);
    const [gone] = await tx.query<{ number: string }>(
      'update pin set ended_at = $2 where card = $1::uuid and ended_at is null returning number',
      [card.id, new Date(ports.clock.nowMs())],
    );
    if (gone === undefined) throw new CloudError('CL_NOT_FOUND', 'pin');
    await tellChange(tx, ports, card, { clerk: clerk.id, verb: 'end', number: gone.number });
    return card.person;
  });
