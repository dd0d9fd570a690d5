import type { CardHistoryItem } from '@gatehouse/protocols';
import { freezeWays } from '@gatehouse/protocols';
import { useWords } from '../../i18n/i18n.ts';
import { useServerNow, useTimes } from '../console-context.ts';

const known = [
  'freeze',
  'unfreeze',
  'make_code',
  'found',
  'collect',
  'report_found',
  'photo',
  'book',
  'unbook',
  'replace',
  'replace_undo',
  'enrol',
  'issue',
  'groups',
  'end',
  'uid_add',
  'uid_end',
  'pin_set',
  'pin_end',
] as const;
/** Of the files that the card was in. */
const knownOfFiles = ['issued', 'changed', 'ended', 'put_back'] as const;

/** What was done to the card and by whom: out of the audit, and of the files it was in. */
export const CardHistory = ({ items }: { readonly items: readonly CardHistoryItem[] }) => {
  const { t, pick } = useWords();
  const times = useTimes();
  const now = useServerNow(30_000);
  if (items.length === 0) return <p className="quiet">{t('cards.noHistory')}</p>;
  const wordOf = (action: string): string => {
    const verb = known.find((name) => action === `card.${name}`);
    const done = knownOfFiles.find((name) => action === `bulk.${name}`);
    if (done !== undefined) return t(`cards.action.bulk_${done}`);
    return verb === undefined ? action : t(`cards.action.${verb}`);
  };
  const whoOf = ({ actor, way }: CardHistoryItem): string => {
    const by = freezeWays.find((one) => one === way);
    const words = by === undefined ? [] : [t(`cards.way.${by}`)];
    return [...(actor === null ? [] : [pick(actor)]), ...words].join(' · ');
  };
  return (
    <ol className="card-history">
      {items.map((item) => (
        <li key={item.n}>
          <time className="figures quiet" dateTime={item.at}>
            {times.moment(Date.parse(item.at), now)}
          </time>
          <span>
            <strong>{wordOf(item.action)}</strong>
            <span className="quiet"> {whoOf(item)}</span>
            {item.text === '' ? null : <span className="card-history-text">{item.text}</span>}
          </span>
        </li>
      ))}
    </ol>
  );
};
