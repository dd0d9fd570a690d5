import type { Language } from '@gatehouse/protocols';
import { useEffect, useState } from 'react';
import { chatAppHere, systemHere } from './phone-page.ts';

/** What Chromium hands a page that can be put on the home screen. */
type InstallPrompt = Event & { readonly prompt: () => Promise<unknown> };

/** How the card gets onto the home screen from here; null where it is there or cannot. */
export type InstallWay =
  { readonly how: 'asks'; readonly install: () => void } | { readonly how: 'by_hand' } | null;

const isInstalled = (): boolean =>
  matchMedia('(display-mode: standalone)').matches ||
  // Safari's own word for it.
  (navigator as { readonly standalone?: boolean }).standalone === true;

/** Listens from the start: the browser offers once, often before the page is drawn. */
export const listenForInstall = (): InstallOffer => {
  let prompt: InstallPrompt | null = null;
  let hear: (() => void) | null = null;
  const set = (next: InstallPrompt | null): void => {
    prompt = next;
    hear?.();
  };
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    // The event of this name is always one.
    set(event as InstallPrompt);
  });
  addEventListener('appinstalled', () => {
    set(null);
  });
  return {
    prompt: () => prompt,
    take: () => {
      void prompt?.prompt();
      set(null); // it can be asked once
    },
    onChange: (next) => {
      hear = next;
    },
  };
};

export type InstallOffer = {
  readonly prompt: () => InstallPrompt | null;
  readonly take: () => void;
  readonly onChange: (hear: (() => void) | null) => void;
};

export const useInstallWay = (offer: InstallOffer): InstallWay => {
  const [hasPrompt, setPrompt] = useState(() => offer.prompt() !== null);
  useEffect(() => {
    const follow = (): void => {
      setPrompt(offer.prompt() !== null);
    };
    offer.onChange(follow);
    follow();
    return () => {
      offer.onChange(null);
    };
  }, [offer]);
  if (isInstalled() || chatAppHere() !== null) return null;
  if (hasPrompt) return { how: 'asks', install: offer.take };
  return systemHere() === 'ios' ? { how: 'by_hand' } : null;
};

const manifests: Readonly<Record<Language, string>> = {
  zh: '/m/manifest.webmanifest',
  en: '/m/manifest-en.webmanifest',
};

/** A manifest has one language: the page names that of its own. */
export const nameApp = (language: Language, title: string): void => {
  document.title = title;
  document.querySelector('link[rel="manifest"]')?.setAttribute('href', manifests[language]);
};
