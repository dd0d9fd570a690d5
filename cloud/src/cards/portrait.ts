/**
 * A drawn face that is the same for the same person and tells two people apart on a screen. It
 * stands where there is no photo, is made of numbers alone, and proves nothing about anybody.
 */

const skins = ['#f2d3b8', '#e8c19f', '#d9a97f', '#f6dcc8'] as const;
const hairs = ['#1f1a17', '#2d2320', '#3a2c26', '#4a3b34'] as const;
const shirts = ['#1f6f5c', '#3b5b8c', '#8a5a44', '#6b5b8a', '#8c7a2f', '#a04a4a'] as const;
const grounds = ['#e4ece9', '#e3e8f0', '#f0e8e1', '#eae6ef', '#efecdd'] as const;

/** FNV-1a, 32 bit. http://www.isthe.com/chongo/tech/comp/fnv/ */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
};

const pick = <T>(list: readonly [T, ...T[]], n: number): T => list[n % list.length] ?? list[0];

const short = (hair: string): string =>
  `<path d="M66 92c0-34 20-50 54-50s54 16 54 50c-8-20-22-28-54-28s-46 8-54 28z" fill="${hair}"/>`;
const long = (hair: string): string =>
  '<path d="M62 172V98c0-38 22-58 58-58s58 20 58 58v74h-18V96c-10-14-24-22-46-24' +
  `-18 8-28 18-34 30v70z" fill="${hair}"/>`;
const fringe = (hair: string): string =>
  '<path d="M66 104c-2-42 20-62 54-62s56 20 54 62c-10-8-14-18-16-28-20 10-48 12-72 8' +
  `-8 6-14 12-20 20z" fill="${hair}"/>`;
const bun = (hair: string): string =>
  `<circle cx="120" cy="34" r="16" fill="${hair}"/>${short(hair)}`;

const glasses =
  '<g fill="none" stroke="#33302c" stroke-width="3"><circle cx="100" cy="112" r="13"/>' +
  '<circle cx="140" cy="112" r="13"/><path d="M113 112h14"/></g>';

/** An SVG of 240 × 300 without text, script or anything from elsewhere. */
export const portraitSvg = (person: string): string => {
  const hash = hashOf(person);
  const part = (shift: number): number => (hash >>> shift) & 0xff;
  const hair = pick(hairs, part(4));
  const skin = pick(skins, part(8));
  const cut = pick([short, long, fringe, bun], part(12));
  const wears = part(16) % 3 === 0 ? glasses : '';
  const smile = 132 + (part(20) % 8);
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 300" width="240" height="300">',
    `<rect width="240" height="300" fill="${pick(grounds, part(24))}"/>`,
    `<path d="M30 300c0-62 36-92 90-92s90 30 90 92z" fill="${pick(shirts, part(2))}"/>`,
    `<path d="M98 176h44v44c-8 14-36 14-44 0z" fill="${skin}"/>`,
    `<ellipse cx="120" cy="118" rx="52" ry="66" fill="${skin}"/>`,
    cut(hair),
    '<circle cx="100" cy="112" r="5" fill="#2a2522"/>',
    '<circle cx="140" cy="112" r="5" fill="#2a2522"/>',
    wears,
    `<path d="M102 ${smile + 12}q18 ${part(28) + 6} 36 0" fill="none" stroke="#8a4a3a" `,
    'stroke-width="4" stroke-linecap="round"/></svg>',
  ].join('');
};
