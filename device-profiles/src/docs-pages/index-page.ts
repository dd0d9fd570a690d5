import type { DeviceProfile } from '../language/profile.ts';
import { sourceTally } from '../vectors/copied.ts';
import { both, cell, code, table, word, words } from './markdown.ts';
import { familyWords } from './words.table.ts';

/** All models, sorted by family. */
export const indexPage = (profiles: readonly DeviceProfile[]): string => {
  const families = Object.keys(familyWords);
  const ordered = profiles.toSorted(
    (a, b) => families.indexOf(a.family) - families.indexOf(b.family) || (a.id < b.id ? -1 : 1),
  );
  return [
    `# ${word('devices')}`,
    '',
    words('generated'),
    '',
    words('indexIntro'),
    '',
    ...table(
      ['family', 'model', 'maker', 'wires', 'documented', 'captured', 'inventedCount'],
      ordered.map((profile) => {
        const { id, family, title, vendor, product, bindings } = profile;
        const { documented, captured, invented } = sourceTally(profile);
        const wires = Object.values(bindings).map(({ transport }) => transport);
        return [
          both(familyWords[family]),
          `[${cell(`${title.zh} ${title.en}`)}](${id}.md)<br>${code(id)}`,
          `${cell(vendor)}<br>${cell(product)}`,
          [...new Set(wires)].join(', '),
          String(documented),
          String(captured),
          String(invented),
        ];
      }),
    ),
    '',
  ].join('\n');
};
