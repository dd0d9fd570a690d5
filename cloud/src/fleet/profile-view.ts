import { isCopied, vocabulary } from '@gatehouse/device-profiles';
import type { ArgEntry, DeviceProfile, TelemetryEntry, Word } from '@gatehouse/device-profiles';
import type { ModelCommandView, ModelValueView, ProfileView, Text } from '@gatehouse/protocols';

/** Who looks: which of its commands they may run. */
export type MayRun = (command: string) => boolean;

type Entry = ArgEntry | TelemetryEntry;
type Named = Pick<ArgEntry, 'norm' | 'title'>;

const words: Readonly<Record<string, Word>> = vocabulary;

const wordOf = (norm: string | undefined): Word | undefined =>
  norm !== undefined && Object.hasOwn(words, norm) ? words[norm] : undefined;

/** The profile's own title, else the shared word's; what has neither is called by its name. */
const titleOf = (name: string, { norm, title }: Named): Text =>
  title ?? wordOf(norm)?.title ?? { zh: name, en: name };

const yesAndNo = ['true', 'false'] as const;

const valuesOf = (entry: Entry): ModelValueView['values'] => {
  const own = 'valueTitles' in entry ? (entry.valueTitles ?? {}) : {};
  const shared = wordOf(entry.norm)?.values ?? {};
  const titled = (value: string): Text | undefined => own[value] ?? shared[value];
  const isBoolean = entry.type === 'boolean';
  const all = isBoolean ? yesAndNo : 'values' in entry ? (entry.values ?? []) : [];
  return all
    .filter((value) => !isBoolean || titled(value) !== undefined)
    .map((value) => ({ value, title: titled(value) ?? { zh: value, en: value } }));
};

const valueView = (name: string, entry: Entry): ModelValueView => {
  const { items, itemsMax, charsMax, default: usual }: Partial<ArgEntry> = entry;
  return {
    name,
    norm: entry.norm ?? null,
    title: titleOf(name, entry),
    type: entry.type,
    items: items ?? null,
    itemsMax: itemsMax ?? null,
    unit: entry.unit ?? wordOf(entry.norm)?.unit ?? null,
    min: entry.min ?? null,
    max: entry.max ?? null,
    charsMax: charsMax ?? null,
    default: usual ?? null,
    values: valuesOf(entry),
  };
};

const valueViews = (entries: Readonly<Record<string, Entry>> | undefined): ModelValueView[] =>
  Object.entries(entries ?? {}).map(([name, entry]) => valueView(name, entry));

const commandViewsOf = (
  { commands = {} }: DeviceProfile['model'],
  mayRun: MayRun,
): ModelCommandView[] =>
  Object.entries(commands).map(([name, entry]) => ({
    name,
    norm: entry.norm ?? null,
    title: titleOf(name, entry),
    journalClass: entry.class,
    args: valueViews(entry.args),
    expiresInMs: entry.expiresInMs,
    confirms: entry.confirmBy !== undefined,
    opens: entry.class === 'door',
    mayRun: mayRun(name),
  }));

export const sourceText = ({ source }: DeviceProfile): string | null => {
  if (source === 'invented') return null;
  return [source.manual, source.version, source.page]
    .filter((part) => part !== undefined)
    .join(', ');
};

/** A profile as its page is drawn: every name with its words in both languages. */
export const describeProfile = (profile: DeviceProfile, mayRun: MayRun): ProfileView => {
  const { id, family, title, vendor, product, model, vectors } = profile;
  return {
    id,
    version: profile.profile,
    family,
    title,
    vendor,
    product,
    source: sourceText(profile),
    transports: [...new Set(Object.values(profile.bindings).map(({ transport }) => transport))],
    state: valueViews(model.state),
    telemetry: valueViews(model.telemetry),
    events: Object.entries(model.events ?? {}).map(([name, entry]) => ({
      name,
      norm: entry.norm ?? null,
      title: titleOf(name, entry),
      fields: valueViews(entry.fields),
    })),
    commands: commandViewsOf(model, mayRun),
    vectors: vectors.length,
    vectorsFromManual: vectors.filter(isCopied).length,
  };
};
