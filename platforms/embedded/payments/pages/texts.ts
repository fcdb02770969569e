import type { Language } from '@socle/kernel';
import { EN, type Texts } from './texts-en.ts';
import { FR } from './texts-fr.ts';

export type { Texts };
export const TEXTS: Readonly<Record<Language, Texts>> = { en: EN, fr: FR };

/** `?lang=` when given, else what the browser prefers. */
export function languageOf(request: Request): Language {
  const chosen = new URL(request.url).searchParams.get('lang');
  if (chosen === 'fr' || chosen === 'en') return chosen;
  const wanted = (request.headers.get('accept-language') ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', quality = ''] = part.trim().split(';q=');
      return { tag: tag.slice(0, 2).toLowerCase(), quality: quality === '' ? 1 : Number(quality) || 0 };
    })
    .filter(({ tag, quality }) => (tag === 'fr' || tag === 'en') && quality > 0)
    .sort((a, b) => b.quality - a.quality)[0];
  return wanted?.tag === 'fr' ? 'fr' : 'en';
}
