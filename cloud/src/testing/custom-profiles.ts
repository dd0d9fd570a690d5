import { catalogueOf, readModelFiles } from '@gatehouse/device-profiles';
import type { BuiltIn } from '../profiles/library.ts';

const files = await readModelFiles();
const profiles = catalogueOf(files);

/** The profiles of the release, with their texts. */
export const releasedProfiles: ReadonlyMap<string, BuiltIn> = new Map(
  [...profiles].map(([id, profile]) => {
    const file = files.find(({ name }) => name.endsWith(`/${id}.yaml`));
    return [id, { profile, text: file?.text ?? '' }];
  }),
);

export type Change = { readonly id?: string; readonly version: string };

/** A released profile as somebody would change it: another id or version, else the same. */
export const changedProfile = (
  released: string,
  { id = released, version }: Change,
  mend: (text: string) => string = (text) => text,
): string => {
  const text = releasedProfiles.get(released)?.text;
  if (text === undefined) throw new Error(`no profile ${released}`);
  return mend(
    text.replace(/^id: .*$/m, `id: ${id}`).replace(/^profile: .*$/m, `profile: ${version}`),
  );
};
