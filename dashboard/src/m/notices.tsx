import type { NoticeView } from '@gatehouse/protocols';
import type { TimeWords } from '../event/time.ts';
import { useWords } from '../i18n/i18n.ts';

type Notices = readonly NoticeView[];

/** One quiet line above the card for what was not read yet; the newest by its title. */
export const NoticeBanner = ({
  notices,
  onOpen,
}: {
  readonly notices: Notices;
  readonly onOpen: () => void;
}) => {
  const { t, pick } = useWords();
  const unread = notices.filter(({ read }) => !read);
  const [newest] = unread;
  return (
    <div role="status">
      {newest === undefined ? null : (
        <button type="button" className="notice-banner" onClick={onOpen}>
          <span className="notice-dot" aria-hidden="true" />
          <strong>{pick(newest.title)}</strong>
          <span className="figures">{t('phone.notices.unread', { count: unread.length })}</span>
        </button>
      )}
    </div>
  );
};

/** What this person was told, newest first. */
export const NoticeList = ({
  notices,
  times,
  now,
}: {
  readonly notices: Notices;
  readonly times: TimeWords;
  readonly now: number;
}) => {
  const { t, pick } = useWords();
  if (notices.length === 0) return <p className="empty">{t('phone.notices.empty')}</p>;
  return (
    <ul className="notice-list">
      {notices.map(({ id, at, title, text, next, read }) => {
        const atMs = Date.parse(at);
        return (
          <li key={id} data-read={read}>
            <strong>
              {read ? null : <span className="notice-dot" aria-hidden="true" />}
              {pick(title)}
            </strong>
            {pick(text) === '' ? null : <p>{pick(text)}</p>}
            {pick(next) === '' ? null : <p>{pick(next)}</p>}
            <small className="quiet figures" title={times.full(atMs)}>
              {times.moment(atMs, now)}
            </small>
          </li>
        );
      })}
    </ul>
  );
};
