import { uidEnd } from '@gatehouse/protocols';
import type { AffiliationView, HeldCardView, PersonPageView } from '@gatehouse/protocols';
import { CloudError } from '../errors.ts';
import type { Queryable } from '../ports.ts';

type PersonRow = {
  readonly id: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly photo_at: Date | null;
};

const selectPerson = `
  select p.id, p.name_zh, p.name_en, f.at as photo_at
  from person p left join person_photo f on f.person = p.id where p.id = $1::uuid`;

type AffiliationRow = {
  readonly id: string;
  readonly kind: AffiliationView['kind'];
  readonly unit_zh: string;
  readonly unit_en: string;
  readonly valid_from: Date;
  readonly valid_to: Date | null;
  readonly ended_at: Date | null;
  readonly sponsor: string | null;
  readonly sponsor_zh: string | null;
  readonly sponsor_en: string | null;
};

const selectAffiliations = `
  select a.*, s.name_zh as sponsor_zh, s.name_en as sponsor_en
  from affiliation a left join person s on s.id = a.sponsor
  where a.person = $1::uuid
  order by (a.ended_at is not null or coalesce(a.valid_to <= $2, false)), a.valid_from desc, a.id`;

type CardRow = {
  readonly id: string;
  readonly affiliation: string;
  readonly number: string;
  readonly state: HeldCardView['state'];
  readonly valid_from: Date;
  readonly valid_to: Date;
  readonly groups: readonly string[];
  readonly enrolled_at: Date | null;
  readonly pin: string | null;
  readonly pin_since: Date | null;
};

const selectCards = `
  select c.*, k.enrolled_at, n.number as pin, n.since as pin_since, array(
      select m."group" from member m where m.card = c.id order by m."group" collate "C") as groups
  from card c
  left join credential k on k.card = c.id and k.revoked_at is null
  left join pin n on n.card = c.id and n.ended_at is null
  where c.person = $1::uuid
  order by c.state = 'ended', c.valid_to desc, c.id`;

type UidRow = {
  readonly id: string;
  readonly card: string;
  readonly uid: string;
  readonly kind: string;
  readonly since: Date;
};

const selectUids = `
  select u.id, u.card, u.uid, u.kind, u.since from uid u join card c on c.id = u.card
  where c.person = $1::uuid and u.ended_at is null order by u.since, u.id`;

const cardView = (row: CardRow, uids: readonly UidRow[]): HeldCardView => ({
  card: row.id,
  number: row.number,
  state: row.state,
  validFrom: row.valid_from.toISOString(),
  validTo: row.valid_to.toISOString(),
  groups: [...row.groups],
  phone: row.enrolled_at === null ? null : { enrolledAt: row.enrolled_at.toISOString() },
  uids: uids
    .filter(({ card }) => card === row.id)
    .map(({ id, uid, kind, since }) => ({
      ...{ id, kind, tail: uidEnd(uid), since: since.toISOString() },
    })),
  pin:
    row.pin === null || row.pin_since === null
      ? null
      : { number: row.pin, since: row.pin_since.toISOString() },
});

const sponsorView = ({
  sponsor: id,
  sponsor_zh: zh,
  sponsor_en: en,
}: AffiliationRow): AffiliationView['sponsor'] =>
  id === null || zh === null || en === null ? null : { id, name: { zh, en } };

/**
 * A person with everything that they are and were to the school, and what opens doors for them.
 * @throws CloudError CL_NOT_FOUND
 */
export const personPage = async (
  db: Queryable,
  id: string,
  nowMs: number,
): Promise<PersonPageView> => {
  const [person] = await db.query<PersonRow>(selectPerson, [id]);
  if (person === undefined) throw new CloudError('CL_NOT_FOUND', 'person');
  const affiliations = await db.query<AffiliationRow>(selectAffiliations, [id, new Date(nowMs)]);
  const cards = await db.query<CardRow>(selectCards, [id]);
  const uids = await db.query<UidRow>(selectUids, [id]);
  return {
    id,
    name: { zh: person.name_zh, en: person.name_en },
    photo: person.photo_at === null ? 'drawn' : 'own',
    photoAt: person.photo_at?.toISOString() ?? null,
    affiliations: affiliations.map((row) => ({
      id: row.id,
      kind: row.kind,
      unit: { zh: row.unit_zh, en: row.unit_en },
      from: row.valid_from.toISOString(),
      to: row.valid_to?.toISOString() ?? null,
      endedAt: row.ended_at?.toISOString() ?? null,
      sponsor: sponsorView(row),
      cards: cards
        .filter(({ affiliation }) => affiliation === row.id)
        .map((card) => cardView(card, uids)),
    })),
  };
};
