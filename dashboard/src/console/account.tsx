import { routes } from '../api/routes.ts';
import type { ThemeChoice } from '../adapters/preferences.ts';
import { useWords } from '../i18n/i18n.ts';
import { useConsole } from './console-context.ts';
import { useChosenTheme } from './theme-context.ts';

const themeChoices: readonly ThemeChoice[] = ['system', 'light', 'dark'];

const halfCircle = 'M12 3.4a8.6 8.6 0 0 1 0 17.2z';
const fullCircle = 'M12 3.4a8.6 8.6 0 1 0 0 17.2 8.6 8.6 0 0 0 0-17.2';

const leave = async (): Promise<void> => {
  try {
    await routes.signOut();
  } finally {
    location.assign('/');
  }
};

/** Language, theme, and who is signed in. */
export const Account = () => {
  const { t, pick, language, speak } = useWords();
  const { session } = useConsole();
  const theme = useChosenTheme();
  const other = language === 'zh' ? 'en' : 'zh';
  const next =
    themeChoices[(themeChoices.indexOf(theme.choice) + 1) % themeChoices.length] ?? 'system';
  return (
    <div className="account">
      <button
        type="button"
        className="button plain small"
        lang={other === 'zh' ? 'zh-CN' : 'en'}
        onClick={() => {
          speak(other);
        }}
      >
        {t('language.other')}
      </button>
      <button
        type="button"
        className="button plain small"
        title={t(`theme.${theme.choice}`)}
        aria-label={`${t('theme.label')}: ${t(`theme.${theme.choice}`)}`}
        onClick={() => {
          theme.choose(next);
        }}
      >
        <svg width="20" height="20" viewBox="0 0 24 24" aria-hidden="true">
          <circle cx="12" cy="12" r="8.6" fill="none" stroke="currentColor" strokeWidth="1.9" />
          {theme.choice === 'light' ? null : (
            <path d={theme.choice === 'dark' ? fullCircle : halfCircle} fill="currentColor" />
          )}
        </svg>
      </button>
      <span className="who">
        <strong>{pick(session.person.name)}</strong>
        <span className="quiet">{t(`role.${session.role}.name`)}</span>
      </span>
      <button type="button" className="button plain small" onClick={() => void leave()}>
        {t('account.leave')}
      </button>
    </div>
  );
};
