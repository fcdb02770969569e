import type { Catalogue } from '@socle/ui';

export const quotaTexts = {
  lead: {
    en: 'Each call is reserved here before it leaves. At the wall, nothing leaves.',
    fr: 'Chaque appel est réservé ici avant de partir. Quota épuisé, rien ne part.',
  },
  nearOnly: { en: 'Near the wall only', fr: 'Seulement près de la limite' },
  plan: {
    en: ({ plan }: { plan: string }) => `Plan: ${plan}`,
    fr: ({ plan }: { plan: string }) => `Forfait : ${plan}`,
  },
  onStop: { en: 'refuses beyond the plan', fr: 'refuse au-delà du forfait' },
  onBill: { en: 'bills beyond the plan', fr: 'facture au-delà du forfait' },
  onBan: { en: 'bans beyond the plan', fr: 'bannit au-delà du forfait' },
  source: { en: 'Source', fr: 'Source' },
  checked: {
    en: ({ day }: { day: string }) => `read on ${day}`,
    fr: ({ day }: { day: string }) => `lue le ${day}`,
  },
  stale: { en: 'To be confirmed', fr: 'À confirmer' },
  staleHelp: {
    en: 'These figures are old or unconfirmed. Compare them with the source; a platform that bills or bans is refused until then.',
    fr: 'Ces chiffres sont anciens ou non confirmés. Comparez-les à la source ; une plateforme qui facture ou bannit est refusée d’ici là.',
  },
  used: {
    en: ({ used, max }: { used: number; max: number }, f) => `${f.number(used)} of ${f.number(max)}`,
    fr: ({ used, max }: { used: number; max: number }, f) => `${f.number(used)} sur ${f.number(max)}`,
  },
  told: {
    en: (a: { used: number; held: number; max: number; unit: string }, f) =>
      `${f.number(a.used)} used and ${f.number(a.held)} held of ${f.number(a.max)} ${a.unit}`,
    fr: (a: { used: number; held: number; max: number; unit: string }, f) =>
      `${f.number(a.used)} utilisés et ${f.number(a.held)} réservés sur ${f.number(a.max)} ${a.unit}`,
  },
  held: {
    en: ({ held }: { held: number }, f) => `+ ${f.number(held)} held`,
    fr: ({ held }: { held: number }, f) => `+ ${f.number(held)} réservés`,
  },
  left: {
    en: ({ left }: { left: number }, f) => `${f.number(left)} left`,
    fr: ({ left }: { left: number }, f) => `${f.number(left)} ${f.plural(left, 'restant', 'restants')}`,
  },
  resets: { en: 'Resets', fr: 'Remise à zéro' },
  never: { en: 'Never resets', fr: 'Jamais remis à zéro' },
  wall: {
    en: ({ time }: { time: string }) => `Hits the wall on ${time}`,
    fr: ({ time }: { time: string }) => `Épuisé le ${time} à ce rythme`,
  },
  wallNow: { en: 'At the wall: calls are refused', fr: 'Épuisé : les appels sont refusés' },
  noWall: { en: 'Holds until the reset', fr: 'Tient jusqu’à la remise à zéro' },
  emptyTitle: { en: 'No platform with a quota is switched on', fr: 'Aucune plateforme à quota n’est active' },
  emptyLead: {
    en: 'Everything runs on the embedded platform, which has no limits. Put a key in the settings, or try against a fake that keeps the vendor’s limits:',
    fr: 'Tout tourne sur la plateforme embarquée, sans limite. Ajoutez une clé dans les réglages, ou essayez avec un faux serveur qui applique les limites du fournisseur :',
  },
  noneNear: { en: 'No quota is near its wall', fr: 'Aucun quota n’est près de sa limite' },
  second: { en: 'per second', fr: 'par seconde' },
  minute: { en: 'per minute', fr: 'par minute' },
  hour: { en: 'per hour', fr: 'par heure' },
  day: { en: 'per day', fr: 'par jour' },
  month: { en: 'per month', fr: 'par mois' },
  total: { en: 'in total', fr: 'au total' },
} satisfies Catalogue;
