const hourMs = 3_600_000;
const hours = 24;

/**
 * An IANA zone of whole hours in which it is between `hour` and the next one now. Behind Greenwich
 * by 12 to ahead of it by 11; in the names of these zones the sign is the other way round.
 */
export const zoneWhere = (hour: number, nowMs: number): string => {
  const ahead = hour - (Math.floor(nowMs / hourMs) % hours);
  const offset = ((ahead + hours + hours / 2) % hours) - hours / 2;
  return offset > 0 ? `Etc/GMT-${offset}` : `Etc/GMT+${-offset}`;
};
