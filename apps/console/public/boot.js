// Before the first paint: a stored theme and language must not flash. A file of its own, for the CSP allows no inline script.
{
  const stored = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const theme = stored('socle.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  const language = stored('socle.language') ?? navigator.language.slice(0, 2);
  document.documentElement.lang = language === 'fr' ? 'fr' : 'en';
}
