/** Whether a person `p` belongs to the school now, other than as a visitor; `$n` is the moment. */
export const maySponsor = (n: number): string => `exists (
  select from affiliation s where s.person = p.id and s.kind <> 'visitor' and s.ended_at is null
    and s.valid_from <= $${n} and (s.valid_to is null or s.valid_to > $${n}))`;
