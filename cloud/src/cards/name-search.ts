/** Typed text as a part of a pattern: what stands for other letters there is itself. */
export const likeText = (text: string): string => text.replace(/[\\%_]/g, String.raw`\$&`);

/** Without case and spaces: `Li Lei`, `lilei` and `LI LEI` are one. */
export const folded = (text: string): string => text.toLowerCase().replace(/\s+/g, '');

/**
 * Whether a person `p` is called so: a part of the name, of its pinyin (its English form), or the
 * initials of that, `ll` for Li Lei. `$n` is folded and for like, `$n + 1` folded as it is.
 */
export const nameFits = (
  n: number,
): string => `(replace(p.name_zh, ' ', '') like '%' || $${n} || '%'
  or lower(replace(p.name_en, ' ', '')) like '%' || $${n} || '%'
  or lower(regexp_replace(p.name_en, '(\\w)\\w*\\s*', '\\1', 'g')) = $${n + 1})`;
