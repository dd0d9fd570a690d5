import { ProfileFile } from './language/profile.ts';

/** JSON Schema of the profile language, as text: what editors complete and check YAML by. */
export const profileSchema = (): string =>
  JSON.stringify(
    {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'Gatehouse device profile',
      ...ProfileFile,
    },
    undefined,
    2,
  );
