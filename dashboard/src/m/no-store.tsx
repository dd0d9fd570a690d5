import { useWords } from '../i18n/i18n.ts';
import { Mark } from '../mark/mark.tsx';

/** A browser that keeps nothing can hold no key: private windows of some, or storage forbidden. */
export const NoStore = () => {
  const { t } = useWords();
  return (
    <main className="phone">
      <section className="notice" role="alert">
        <Mark size={56} />
        <h1>{t('phone.noStore.title')}</h1>
        <p>{t('phone.noStore.text')}</p>
        <p className="quiet">{t('phone.noStore.next')}</p>
      </section>
    </main>
  );
};
