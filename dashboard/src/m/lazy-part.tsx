import { lazy } from 'react';
import type { ComponentType, ReactNode } from 'react';
import { useWords } from '../i18n/i18n.ts';

const Unreachable = (): ReactNode => {
  const { t } = useWords();
  return <p role="alert">{t('error.unreachable.text')}</p>;
};

/** Only with a network: such a part does not travel with the pass, nor do its words. */
export const lazyPart = <Props,>(
  load: () => Promise<(props: Props) => ReactNode>,
): ComponentType<Props> =>
  lazy(async () => {
    try {
      const [{ addMineWords }, part] = await Promise.all([import('./mine-words.ts'), load()]);
      addMineWords();
      return { default: part };
    } catch {
      // The card above it must go on working.
      return { default: Unreachable };
    }
  });
