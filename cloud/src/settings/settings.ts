import { defaultSettings, revalidateDaysMin, Settings } from '@gatehouse/protocols';
import Value from 'typebox/value';
import { appendFeed } from '../feed/feed.ts';
import type { AppendAudit } from '../identity/identity.ts';
import type { Database, Queryable } from '../ports.ts';

/** One row for all of them: they are read and written together. */
const settingName = 'school';

/** One or two days could be set once, and are read as the least that can be now. */
const withDays = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || !('revalidateDays' in value)) return value;
  const { revalidateDays: days } = value;
  return days === 1 || days === 2 ? { ...value, revalidateDays: revalidateDaysMin } : value;
};

/** What the school has set; the default for the rest, and for what cannot be read. */
export const readSettings = async (db: Queryable): Promise<Settings> => {
  const [row] = await db.query<{ value: unknown }>('select value from setting where name = $1', [
    settingName,
  ]);
  const value = withDays(row?.value);
  return Value.Check(Settings, value) ? value : defaultSettings;
};

/** Audited with what it was before; every policy is looked at again. */
export const saveSettings = async (
  { database, appendAudit }: { readonly database: Database; readonly appendAudit: AppendAudit },
  change: { readonly settings: Settings; readonly by: string; readonly atMs: number },
): Promise<void> => {
  const { settings, by, atMs } = change;
  await database.transaction(async (tx) => {
    // Two who save at once do it one after the other, and each sees what was before.
    await tx.query('lock table setting in share row exclusive mode');
    const before = await readSettings(tx);
    await tx.query(
      `insert into setting (name, value, at, by) values ($1, $2, $3, $4::uuid)
       on conflict (name) do update set value = excluded.value, at = excluded.at, by = excluded.by`,
      [settingName, JSON.stringify(settings), new Date(atMs), by],
    );
    const detail = { before, after: settings };
    const action = 'settings.change';
    await appendAudit(tx, { atMs, actor: by, action, subject: settingName, detail });
    const name = 'site.settings_changed';
    await appendFeed(tx, atMs, { kind: 'domain', name, subject: settingName, data: {} });
  });
};
