import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The name is what a fault carries: `models/gatehouse-scanner-s1.yaml`. */
export type ModelFile = { readonly name: string; readonly text: string };

const folder = join(import.meta.dirname, '..', '..', 'models');

/** Every profile that ships with the product, in order of name. */
export const readModelFiles = async (): Promise<readonly ModelFile[]> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).toSorted();
  return Promise.all(
    names.map(async (name) => ({
      name: `models/${name}`,
      text: await readFile(join(folder, name), 'utf8'),
    })),
  );
};
