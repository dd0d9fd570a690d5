import { Navigate } from '@tanstack/react-router';
import { useWords } from '../../i18n/i18n.ts';
import { useConsole, usePicture } from '../console-context.ts';
import { troublesIn } from '../trouble.ts';
import { Feed } from './feed.tsx';
import { InsideNow } from './inside-now.tsx';
import { MyRooms } from './my-rooms.tsx';
import { NeedsYou } from './needs-you.tsx';
import { NotNormal } from './not-normal.tsx';

/** One line that can be read from two metres. */
const Headline = ({ count, hasAlarm }: { readonly count: number; readonly hasAlarm: boolean }) => {
  const { t } = useWords();
  const tone = hasAlarm ? 'alarm' : 'attention';
  return (
    <h1 className={`headline ${count === 0 ? '' : `headline-${tone}`}`}>
      {count === 0 ? t('now.calm') : t('now.needs', { count })}
    </h1>
  );
};

export const NowPage = () => {
  const { session } = useConsole();
  const troubles = troublesIn(usePicture());
  // A clerk's first screen is the desk.
  if (session.role === 'clerk') return <Navigate to="/desk" replace />;
  if (session.role === 'teacher') {
    return (
      <div className="now">
        <MyRooms />
        <Feed />
      </div>
    );
  }
  return (
    <div className="now">
      <Headline
        count={troubles.length}
        hasAlarm={troubles.some(({ severity }) => severity === 'alarm')}
      />
      <div className={`now-panels ${troubles.length === 0 ? 'now-calm' : ''}`}>
        <NeedsYou troubles={troubles} />
        <div className="now-side">
          <NotNormal />
          <InsideNow />
        </div>
      </div>
      <Feed />
    </div>
  );
};
