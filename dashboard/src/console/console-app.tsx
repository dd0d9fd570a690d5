import type { CampusView, SessionView } from '@gatehouse/protocols';
import { useQuery } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { ConfigProvider } from 'antd';
import { useEffect, useState } from 'react';
import { ErrorNote } from '../api/error-note.tsx';
import { hasStatus } from '../api/failure.ts';
import { routes } from '../api/routes.ts';
import { useWords } from '../i18n/i18n.ts';
import { Mark } from '../mark/mark.tsx';
import { useTheme } from '../theme/use-theme.ts';
import type { Theme } from '../theme/use-theme.ts';
import { ConsoleContext } from './console-context.ts';
import { kitTheme } from './kit-theme.ts';
import { createLiveStore } from './live.ts';
import { createConsoleRouter } from './router.tsx';
import { ThemeContext } from './theme-context.ts';

const Waiting = () => {
  const { t } = useWords();
  return (
    <main className="console-wait" aria-busy="true">
      <Mark size={48} />
      <p role="status">{t('console.loading')}</p>
    </main>
  );
};

/** Students and guardians have their card, and no console; the page says so. */
const NotForYou = () => {
  const { t } = useWords();
  return (
    <main className="console-wait">
      <Mark size={48} />
      <h1>{t('console.student.title')}</h1>
      <p className="quiet">{t('console.student.text')}</p>
      <p>
        <a className="button main" href="/m/">
          {t('console.student.card')}
        </a>{' '}
        <a className="button" href="/">
          {t('console.student.other')}
        </a>
      </p>
    </main>
  );
};

const SignedIn = ({
  session,
  campus,
}: {
  readonly session: SessionView;
  readonly campus: CampusView;
}) => {
  const [hold] = useState(() => ({ live: createLiveStore(), router: createConsoleRouter() }));
  useEffect(() => hold.live.start(), [hold]);
  return (
    <ConsoleContext value={{ session, campus, live: hold.live }}>
      <RouterProvider router={hold.router} />
    </ConsoleContext>
  );
};

const Gate = ({
  campus,
  theme,
}: {
  readonly campus: CampusView | undefined;
  readonly theme: Theme;
}) => {
  const session = useQuery({ queryKey: ['session'], queryFn: routes.session });
  const isSignedOut = hasStatus(session.error, 401);
  useEffect(() => {
    if (isSignedOut) location.assign('/');
  }, [isSignedOut]);
  if (session.error !== null && !isSignedOut) {
    return (
      <main className="console-wait">
        <ErrorNote error={session.error} onRetry={() => void session.refetch()} />
      </main>
    );
  }
  if (session.data === undefined || campus === undefined) return <Waiting />;
  if (!session.data.may.includes('console')) return <NotForYou />;
  return (
    <ThemeContext value={theme}>
      <SignedIn session={session.data} campus={campus} />
    </ThemeContext>
  );
};

export const ConsoleApp = () => {
  const campus = useQuery({ queryKey: ['campus'], queryFn: routes.campus, staleTime: Infinity });
  const theme = useTheme(campus.data?.colour ?? null);
  return (
    <ConfigProvider theme={kitTheme(theme)} wave={{ disabled: true }}>
      <Gate campus={campus.data} theme={theme} />
    </ConfigProvider>
  );
};
