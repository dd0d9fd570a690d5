import type { FeedItem } from '@gatehouse/protocols';
import type { Queryable } from '../ports.ts';

/** Name of the consumer; its position says how far the numbers are. */
export const numbersConsumer = 'numbers';

/**
 * Decisions of a batch, each field as far as it can be trusted to be what its name says: an edge
 * that writes nonsense is counted under `unknown` and sets no batch aside. `accepted` = a door took
 * the pass or card; a door that let somebody out in spite of a refusal did not. A moment is never
 * after its arrival: a clock that is ahead makes nobody active in the future.
 */
const decisions = `
  select coalesce(e.door, '') as door, coalesce(
      substring(e.data ->> 'reader' from '^[a-z0-9][a-z0-9-]{0,39}$'), e.device, '') as reader,
    least(coalesce(e.at_corrected, e.at), e.received_at) as at,
    e.kind = 'access.granted' as granted,
    e.kind = 'access.granted' and coalesce(e.data ->> 'reason', '') not like 'exit\\_%' as accepted,
    coalesce(substring(e.data ->> 'reason' from '^[a-z][a-z0-9_]{0,59}$'), 'unknown') as reason,
    e.card,
    substring(e.data ->> 'credential' from '^[0-9a-f]{16}$') as credential,
    substring(e.data ->> 'counter' from '^[0-9]{1,10}$')::bigint as counter,
    coalesce(s.zone, 'UTC') as zone
  from event e
  left join door d on d.id = e.door
  left join gateway g on g.id = e.gateway
  left join building b on b.id = coalesce(d.building, g.building)
  left join site s on s.id = b.site
  where e.gateway = $1 and e.epoch = $2 and e.stream = $3 and e.seq between $4 and $5
    and e.kind in ('access.granted', 'access.denied')`;

/**
 * One statement for the four tables. Only a counter that was not there yet counts as a use and
 * raises the highest counter: denials move nothing, for anybody can write a number into a code. Of
 * several doors that took one pass the first by name stands with it, whichever was heard of first.
 */
const count = `
  with decision as materialized (${decisions}),
  hours as (
    insert into use_by_hour (hour, door, reader, granted, reason, count)
    select date_trunc('hour', at at time zone zone), door, reader, granted, reason, count(*)
    from decision group by 1, 2, 3, 4, 5
    on conflict (hour, door, reader, granted, reason)
      do update set count = use_by_hour.count + excluded.count),
  cards as (
    insert into card_activity (card, first_granted_at, last_granted_at, grants, refusals)
    select card, min(at) filter (where accepted), max(at) filter (where accepted),
      count(*) filter (where accepted), count(*) filter (where not granted)
    from decision where card is not null group by card
    on conflict (card) do update set
      first_granted_at = least(card_activity.first_granted_at, excluded.first_granted_at),
      last_granted_at = greatest(card_activity.last_granted_at, excluded.last_granted_at),
      grants = card_activity.grants + excluded.grants,
      refusals = card_activity.refusals + excluded.refusals),
  pass as (
    select credential, counter, min(door) as door
    from decision where accepted and credential is not null and counter is not null
    group by credential, counter),
  doors as (
    update credential_use u set door = pass.door from pass
    where u.credential = pass.credential and u.counter = pass.counter and pass.door < u.door),
  uses as (
    insert into credential_use (credential, counter, door)
    select credential, counter, door from pass
    on conflict do nothing
    returning credential, counter)
  insert into credential_activity (credential, counter_max, uses)
  select credential, max(counter), count(*) from uses group by credential
  on conflict (credential) do update set
    counter_max = greatest(credential_activity.counter_max, excluded.counter_max),
    uses = credential_activity.uses + excluded.uses`;

/** Keeps the numbers about cards and doors. A `handle` of `runConsumer`. */
export const countDecisions = async (tx: Queryable, { what }: FeedItem): Promise<void> => {
  if (what.kind !== 'batch') return;
  await tx.query(count, [what.gateway, what.epoch, what.stream, what.from, what.to]);
};

/**
 * Forgets all sums and begins again at the start of the feed: the consumer counts what it counted
 * before, by the same statement. Until it is through, `behind` says how far it has to go.
 */
export const recountNumbers = async (tx: Queryable): Promise<void> => {
  // The consumer's own row first, as the consumer takes it: whoever counts now ends before this.
  await tx.query('select pos from consumer where name = $1 for update', [numbersConsumer]);
  await tx.query('truncate use_by_hour, card_activity, credential_use, credential_activity');
  await tx.query('update consumer set pos = 0 where name = $1', [numbersConsumer]);
};
