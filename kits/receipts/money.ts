/** An amount in the currency's smallest unit, as people write it: `€12.50`, `12,50 €`, `¥1,250`. */
export function formatMoney(
  { amountMinor, currency }: { amountMinor: number; currency: string },
  locale: string,
): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
  // CLDR knows how many decimals a currency has: 0 for JPY, 3 for BHD
  const decimals = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amountMinor / 10 ** decimals);
}
