import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Programs that are not npm packages and that some system tests start. A test file says on its
 * first line which it needs, `// needs: chromium, zbarimg`, and gets their paths by
 * `inject('programs')`. A suite whose programs are missing is left out and named.
 */
export type ProgramName =
  | 'chromium'
  | 'chromium-headless-shell'
  | 'firefox'
  | 'socat'
  | 'mosquitto'
  | 'mosquitto_pub'
  | 'mosquitto_sub'
  | 'zbarimg'
  | 'psql'
  | 'docker';

type Program = {
  readonly name: ProgramName;
  readonly commands: readonly string[];
  /** Debian packages, in the order of their use; empty: not ours to install. */
  readonly debian: readonly string[];
};

export const programTable: readonly Program[] = [
  { name: 'chromium', commands: ['chromium'], debian: ['chromium', 'fonts-noto-cjk'] },
  {
    // The same engine without the windows around it: pages open in a third of the time.
    name: 'chromium-headless-shell',
    commands: ['chromium-headless-shell', 'chromium'],
    debian: ['chromium-headless-shell', 'fonts-noto-cjk'],
  },
  { name: 'firefox', commands: ['firefox-esr'], debian: ['firefox-esr', 'fonts-noto-cjk'] },
  { name: 'socat', commands: ['socat'], debian: ['socat'] },
  { name: 'mosquitto', commands: ['mosquitto'], debian: ['mosquitto'] },
  { name: 'mosquitto_pub', commands: ['mosquitto_pub'], debian: ['mosquitto-clients'] },
  { name: 'mosquitto_sub', commands: ['mosquitto_sub'], debian: ['mosquitto-clients'] },
  { name: 'zbarimg', commands: ['zbarimg'], debian: ['zbar-tools'] },
  { name: 'psql', commands: ['psql'], debian: ['postgresql-client'] },
  { name: 'docker', commands: ['docker'], debian: [] },
];

/** Fonts are no command: a browser without them draws boxes for every Chinese sentence. */
const cjkFont = '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc';

export type ProgramPaths = Readonly<Partial<Record<ProgramName, string>>>;

declare module 'vitest' {
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- only these merge
  interface ProvidedContext {
    /** Folder of the built pages; system suites alone have it. */
    pages: string;
    programs: ProgramPaths;
  }
}

/** Daemons live in sbin, which a person's PATH often misses. */
const folders = (): readonly string[] => [
  ...(process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''),
  '/usr/sbin',
  '/usr/local/sbin',
];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** @returns the absolute path of the first of these commands that this machine has */
export const findCommand = (commands: readonly string[]): string | undefined =>
  folders()
    .flatMap((folder) => commands.map((command) => join(folder, command)))
    .find(isExecutable);

export const findPrograms = (): ProgramPaths =>
  Object.fromEntries(
    programTable.flatMap(({ name, commands }) => {
      const path = findCommand(commands);
      return path === undefined ? [] : [[name, path]];
    }),
  );

const isProgramName = (text: string): text is ProgramName =>
  programTable.some(({ name }) => name === text);

/**
 * What a test file's first line asks for.
 * @throws Error on a name that the table does not have: a misspelt need would never be met
 */
export const neededPrograms = (testText: string): readonly ProgramName[] => {
  const line = /^\/\/ needs: (.+)\r?\n/.exec(testText)?.[1];
  if (line === undefined) return [];
  return line.split(',').map((part) => {
    const name = part.trim();
    if (isProgramName(name)) return name;
    const known = programTable.map((program) => program.name).join(', ');
    throw new Error(`needs: no program '${name}' in tools/programs.ts (known: ${known})`);
  });
};

/** Debian packages that would bring the needed programs which this machine lacks. */
export const missingPackages = (
  needs: ReadonlySet<ProgramName>,
  found: ProgramPaths,
  hasCjkFont: boolean = existsSync(cjkFont),
): readonly string[] => {
  const packages = programTable
    .filter(({ name }) => needs.has(name))
    .flatMap(({ name, debian }) =>
      debian.filter((wanted) =>
        wanted === 'fonts-noto-cjk' ? !hasCjkFont : found[name] === undefined,
      ),
    );
  return [...new Set(packages)];
};
