import { Link } from '@tanstack/react-router';
import { useWords } from '../i18n/i18n.ts';

export const Lost = () => {
  const { t } = useWords();
  return (
    <section className="empty-state">
      <h1>{t('lost.title')}</h1>
      <p className="quiet">{t('lost.text')}</p>
      <Link to="/" className="button main">
        {t('lost.go')}
      </Link>
    </section>
  );
};
