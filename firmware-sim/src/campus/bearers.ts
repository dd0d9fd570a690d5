import { appendFeed } from '@gatehouse/cloud';
import type { Cloud, Database } from '@gatehouse/cloud';
import type { Catalogue } from '@gatehouse/device-profiles';
import type { GatewayConfig } from '@gatehouse/gateway';
import type { Presented } from '../devices/reader.ts';
import { createHeadOf } from './hardware.ts';
import type { Head } from './heads.ts';
import { bearerPin, bearers, pads } from './places.ts';
import type { Bearer, PadName, Person } from './places.ts';
import type { Fault } from './record.ts';
import type { World } from './world.ts';

// Who never had a phone: wristbands, cards and PINs, and what becomes of them.

export type Pads = Readonly<Record<PadName, Head>>;

export const createPads = (world: World, catalogue: Catalogue): Pads => {
  const { profile } = pads;
  const pad = (name: PadName): Head =>
    createHeadOf(world, catalogue, { name: `pad ${name}`, port: pads[name].port, profile });
  return { gate: pad('gate'), lab: pad('lab') };
};

/** What the gateway is told of them. */
export const padDevices: GatewayConfig['devices'] = [pads.gate, pads.lab].map((pad) => ({
  ...pad,
  ...{ profile: pads.profile, side: 'entry' as const },
}));

/** Those whose end is written down: what they carry opens nothing any more once it is known. */
export type Dead = Set<Bearer>;

export type Hold = {
  readonly bearer: Bearer;
  readonly pad: PadName;
  /** Of one who types: the digits are not right. */
  readonly isWrong: boolean;
};

/** Somebody holds a wristband before a pad, or types there. */
export const hold = async (
  on: { readonly world: World; readonly people: readonly Person[]; readonly pads: Pads },
  { bearer, pad, isWrong }: Hold,
): Promise<Presented> => {
  const { trace, recorder } = on.world;
  const person = on.people[bearers[bearer]];
  if (person === undefined) throw new RangeError(`no ${bearer}`);
  const typed = `${bearerPin.number}${isWrong ? '135799' : bearerPin.pin}#`;
  const head = on.pads[pad];
  const presented = await (bearer === 'types' ? head.present(typed) : head.hold(person.uid));
  const lamp = presented.ok ? presented.feedback.lamp : presented.why;
  trace.add('shown at pad', { bearer, pad, lamp });
  recorder.count(`shown at pad ${lamp ?? 'nothing'}`);
  return presented;
};

/** What a head must show in the end, and which property says so. */
type Ought = Hold & { readonly lamp: 'green' | 'red'; readonly checker: Fault['checker'] };

const ought: readonly Ought[] = [
  { bearer: 'keeps', pad: 'gate', isWrong: false, lamp: 'green', checker: 'works again' },
  { bearer: 'types', pad: 'gate', isWrong: false, lamp: 'green', checker: 'works again' },
  { bearer: 'types', pad: 'gate', isWrong: true, lamp: 'red', checker: 'works again' },
];
const oughtWhenDead: Omit<Ought, 'bearer'> = {
  ...{ pad: 'gate', isWrong: false, lamp: 'red', checker: 'what is revoked stays dead' },
};

/** When all is known everywhere: who keeps wristband or PIN gets in, who is dead is told so. */
export const checkBearers = async (
  on: Parameters<typeof hold>[0] & { readonly dead: Dead },
  forMs: number,
): Promise<void> => {
  const { timeline, recorder } = on.world;
  const dead = [...on.dead].map((bearer): Ought => ({ ...oughtWhenDead, bearer }));
  for (const { lamp, checker, ...what } of [...ought, ...dead]) {
    let shown = 'nothing';
    void hold(on, what).then((presented) => {
      if (presented.ok) shown = presented.feedback.lamp ?? shown;
    });
    await timeline.runUntil(timeline.nowMs() + forMs);
    const { bearer, isWrong } = what;
    const who = `${bearer}${isWrong ? ' something else' : ''}`;
    if (shown !== lamp) recorder.fault(checker, `who ${who} showed ${shown} and not ${lamp}`);
  }
};

type Ending = (
  house: { readonly cloud: Cloud; readonly database: Database },
  person: Person,
  atMs: number,
) => Promise<void>;

/** As the desk does it: the chip ends, every gateway hears of it, the feed too. */
const revokeUid: Ending = ({ cloud, database }, { card, uid }, atMs) =>
  database.transaction(async (tx) => {
    await tx.query('update uid set ended_at = $2 where uid = $1 and ended_at is null', [
      uid,
      new Date(atMs),
    ]);
    await cloud.revocations.revoke(tx, { kind: 'uid.revoked', uid, card });
    const data = { card };
    await appendFeed(tx, atMs, { kind: 'domain', name: 'uid.ended', subject: card, data });
  });

/** Its holder leaves: the card is of the past, and the policy says so. */
const endCard: Ending = ({ database }, { card }, atMs) =>
  database.transaction(async (tx) => {
    await tx.query(`update card set state = 'ended', valid_to = $2 where id = $1`, [
      card,
      new Date(atMs),
    ]);
    const data = { card };
    await appendFeed(tx, atMs, { kind: 'domain', name: 'card.ended', subject: card, data });
  });

export const endings: Readonly<Record<'uid' | 'card', Ending>> = { uid: revokeUid, card: endCard };
