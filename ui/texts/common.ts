import type { Catalogue } from './message.ts';

/** What the components themselves say. */
export const commonTexts = {
  close: { en: 'Close', fr: 'Fermer' },
  cancel: { en: 'Cancel', fr: 'Annuler' },
  copy: { en: 'Copy', fr: 'Copier' },
  copied: { en: 'Copied', fr: 'Copié' },
  undo: { en: 'Undo', fr: 'Rétablir' },
  retry: { en: 'Try again', fr: 'Réessayer' },
  loading: { en: 'Loading', fr: 'Chargement' },
  loadMore: { en: 'Load more', fr: 'Afficher la suite' },
  required: { en: 'required', fr: 'obligatoire' },
  notifications: { en: 'Notifications', fr: 'Notifications' },
  language: { en: 'Language', fr: 'Langue' },
  theme: { en: 'Theme', fr: 'Thème' },
  themeSystem: { en: 'System', fr: 'Système' },
  themeLight: { en: 'Light', fr: 'Clair' },
  themeDark: { en: 'Dark', fr: 'Sombre' },
  code: { en: 'Code', fr: 'Code' },
  empty: { en: 'Nothing here', fr: 'Rien ici' },
  json: { en: 'JSON', fr: 'JSON' },
  items: {
    en: ({ count }: { count: number }, f) => `${f.number(count)} ${f.plural(count, 'item', 'items')}`,
    fr: ({ count }: { count: number }, f) => `${f.number(count)} ${f.plural(count, 'élément', 'éléments')}`,
  },
} satisfies Catalogue;
