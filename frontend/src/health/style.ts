import { sheet } from '../page/dom'

export const HEALTH = sheet(`
:host(:dir(rtl)){--dir:rtl}
.lost{border:1px solid var(--live,#d4342a);border-radius:10px;padding:12px 16px;margin-block-end:16px;font-weight:600;background:color-mix(in oklab,var(--live,#d4342a) 12%,var(--paper,#0c1211))}
.cards{display:grid;gap:20px;container-type:inline-size}
.card{border:1px solid var(--line,#24312e);border-radius:14px;background:var(--paper-2,#131c1a);padding:16px;display:grid;grid-template-columns:minmax(0,min(50%,460px)) minmax(0,1fr);grid-template-rows:auto auto 1fr;gap:12px 20px}
.card.stale{opacity:.55}
:host([feed]) .card{border:0;background:none;border-radius:0;padding:0}
:host([feed]) .own{display:none}
.look{grid-row:1/4;display:grid;gap:12px;align-content:start}
.look .frame{aspect-ratio:16/9;border-radius:10px}
.look .veil{padding:12px}
.facts{display:contents}
.card dl,.refusals{grid-column:1/-1}
@container (min-width:900px){.card{grid-template-rows:auto auto auto 1fr}.look{grid-row:1/5}.card dl{grid-column:2}}
header{display:flex;flex-wrap:wrap;gap:8px 12px;align-items:center}
h3{margin:0;font-size:18px;line-height:1.2;font-weight:650}
.pill{display:inline-flex;gap:6px;align-items:center;border-radius:99px;padding:2px 12px;font-size:13px;font-weight:600;border:1px solid var(--line,#24312e);color:var(--ink-2,#9fb0ac)}
.pill i{inline-size:8px;block-size:8px;border-radius:50%;background:currentColor}
.pill.on{color:#fff;background:#0b7a4b;border-color:#0b7a4b}
.pill.air{color:#fff;background:#c42d24;border-color:#c42d24}
.verdicts{display:grid;gap:8px}
.verdict{border-radius:10px;padding:10px 14px;border:1px solid var(--line,#24312e);display:grid;grid-template-columns:auto 1fr;gap:4px 12px;align-items:start;font-size:15px;line-height:1.4}
.verdict svg{margin-block-start:2px}
.verdict.good{border-color:color-mix(in oklab,var(--fluor,#19c37d) 50%,transparent);background:color-mix(in oklab,var(--fluor,#19c37d) 10%,transparent)}
.verdict.good svg{color:var(--good,#34d399)}
.verdict.fix{border-color:var(--warn,#a84c07);background:color-mix(in oklab,var(--warn,#a84c07) 14%,transparent)}
.verdict.fix svg{color:var(--warn,#f0a94a)}
.verdict.alarm{border-color:var(--live,#d4342a);background:color-mix(in oklab,var(--live,#d4342a) 16%,transparent)}
.verdict.alarm svg{color:var(--live-text,#ff8379)}
.verdict:is(.fix,.alarm):not(.hint){font-weight:600}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(132px,1fr));gap:8px 12px;margin:0}
dt{font-size:13px;color:var(--ink-2,#9fb0ac)}
dd{margin:0;overflow-wrap:anywhere}
.meter{position:relative;block-size:12px;border-radius:6px;background:var(--line,#24312e);overflow:hidden;direction:ltr}
.meter i{position:absolute;inset-block:0;left:0;background:linear-gradient(90deg,#0f9d6e 70%,#c98a04 88%,#d4342a);transition:clip-path .15s;inline-size:100%;clip-path:inset(0 100% 0 0)}
.sound{display:grid;gap:4px}
.sound div:first-child{display:flex;justify-content:space-between;font-size:13px;color:var(--ink-2,#9fb0ac)}
.clock{font-size:14px;color:var(--ink-2,#9fb0ac);min-block-size:3em}
.clock b{color:var(--ink,#e9efed);font-weight:600}
.refusals{margin:0;padding:0;list-style:none;font-size:14px;display:grid;gap:2px}
.refusals li{color:var(--warn,#f0a94a)}
@container (max-width:560px){.card{grid-template-columns:minmax(0,1fr);grid-template-rows:none}.look{grid-row:auto}}
`)
