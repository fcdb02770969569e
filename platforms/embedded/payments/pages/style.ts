import { createHash } from 'node:crypto';

/** The whole style of the vendor's pages: inline, so that they load nothing, and allowed by its hash alone. */
export const STYLE = `
:root{color-scheme:light dark;--ground:#f3f1eb;--panel:#fbfaf6;--ink:#191814;--soft:#645f54;--line:#d9d4c8;--field:#fff;--edge:#8d8778;--accent:#0a2ea6;--fill:#0a2ea6;--fill-hover:#08237f;--on-accent:#fff;--wash:#e3e6f3;--bad:#a3231a;--bad-wash:#f6e1da;--warn:#7d5200;--warn-wash:#f3e8cf}
@media (prefers-color-scheme:dark){:root{--ground:#151513;--panel:#1c1c19;--ink:#f0ede5;--soft:#9d988c;--line:#30302b;--field:#0e0e0c;--edge:#6f6b61;--accent:#9db2ff;--fill:#3b58d8;--fill-hover:#4a67e6;--wash:#1e2338;--bad:#ff9183;--bad-wash:#321a16;--warn:#e3b25c;--warn-wash:#2a2312}}
*{box-sizing:border-box}
html{font:16px/1.5 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;-webkit-text-size-adjust:100%}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;background:var(--ground);color:var(--ink)}
header,footer,main{width:100%;max-width:61rem;margin:0 auto;padding:0 1.25rem}
header{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem 1rem;padding-top:1.25rem;padding-bottom:1.25rem}
header .end{margin-left:auto}
footer{margin-top:auto;padding-top:2rem;padding-bottom:1.5rem;color:var(--soft);font-size:.8125rem}
main.narrow{max-width:33rem}
a{color:var(--accent);text-underline-offset:.2em}
a:focus-visible,button:focus-visible,input:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
h1{font-size:1.5rem;line-height:1.25;letter-spacing:-.015em;margin:0 0 .25rem}
h1+.panel{margin-top:1rem}
h2{font-size:1rem;margin:0 0 .75rem}
p{margin:0 0 1rem}
.badge{display:inline-block;padding:.1rem .55rem;font-size:.8125rem;font-weight:600;background:var(--wash);color:var(--accent);white-space:nowrap}
.badge.warn{background:var(--warn-wash);color:var(--warn)}
.badge.quiet{background:none;color:var(--soft);box-shadow:inset 0 0 0 1px var(--line)}
.soft{color:var(--soft)}
.small{font-size:.875rem}
.amount{font-size:2.25rem;font-weight:650;letter-spacing:-.03em;line-height:1.2;font-variant-numeric:tabular-nums;margin:0 0 1.5rem}
.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.two{display:grid;grid-template-columns:minmax(0,5fr) minmax(0,6fr);gap:clamp(1.5rem,5vw,4rem);align-items:start}
.panel{background:var(--panel);border:1px solid var(--line);padding:1.5rem;margin:0 0 1.25rem}
.lines{list-style:none;margin:0;padding:0;border-top:1px solid var(--line)}
.lines li{display:flex;justify-content:space-between;gap:1rem;padding:.75rem 0;border-bottom:1px solid var(--line)}
.lines li.sum{font-weight:650;border-bottom:0}
.field{margin:0 0 1rem}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:1rem}
label{display:block;font-size:.875rem;font-weight:600;margin:0 0 .35rem}
input{width:100%;font:inherit;color:inherit;background:var(--field);border:1px solid var(--edge);padding:.65rem .75rem;min-height:2.9rem;font-variant-numeric:tabular-nums}
input[aria-invalid=true]{border-color:var(--bad);box-shadow:0 0 0 1px var(--bad)}
.hint{font-size:.8125rem;color:var(--soft);margin:.3rem 0 0}
.error{font-size:.875rem;color:var(--bad);margin:.35rem 0 0}
.notice{border-radius:0;padding:.75rem 1rem;margin:0 0 1.25rem;background:var(--bad-wash);color:var(--bad);font-weight:550}
.note{border-radius:0;padding:.75rem 1rem;margin:1.25rem 0 0;background:var(--warn-wash);color:var(--warn);font-size:.8125rem}
button,.button{display:inline-block;font:inherit;font-weight:650;border:1px solid transparent;padding:.7rem 1.1rem;min-height:2.9rem;background:var(--fill);color:var(--on-accent);cursor:pointer;text-decoration:none;text-align:center}
button:hover,.button:hover{background:var(--fill-hover)}
button.wide{width:100%}
button.plain,.button.plain,button.plain:hover,.button.plain:hover{background:none;border-color:var(--edge);color:var(--ink)}
.row{display:flex;flex-wrap:wrap;gap:.75rem 1.25rem;align-items:center;justify-content:space-between}
.row+.row{border-top:1px solid var(--line);margin-top:1rem;padding-top:1rem}
.actions{display:flex;flex-wrap:wrap;gap:.75rem}
.keep{white-space:nowrap}
::placeholder{color:var(--soft);opacity:1}
.scroll{overflow-x:auto}
table{width:100%;border-collapse:collapse;font-size:.9375rem}
th{text-align:left;font-size:.8125rem;color:var(--soft);font-weight:600}
th,td{padding:.6rem .75rem .6rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th:last-child,td:last-child{padding-right:0}
tfoot td{font-weight:650;border-bottom:0}
dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1.25rem;margin:1rem 0 1.5rem;font-size:.9375rem}
dt{color:var(--soft)}dd{margin:0}
@media (max-width:46rem){.two{grid-template-columns:minmax(0,1fr)}.amount{font-size:2rem;margin-bottom:1rem}.panel{padding:1.15rem}}
@media print{:root{color-scheme:light}header,footer,.noprint{display:none}.panel{border:0;padding:0}}
`;

export const STYLE_HASH = `sha256-${createHash('sha256').update(STYLE).digest('base64')}`;
