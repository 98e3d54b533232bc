import { sheet } from '../page/dom'

export const PUBLISHER = sheet(`
:host(:dir(rtl)){--dir:rtl}
.desk{display:grid;grid-template-columns:minmax(0,3fr) minmax(280px,2fr);gap:20px;align-items:start}
.preview{aspect-ratio:16/9;background:#000;border-radius:14px;overflow:hidden;position:relative;direction:ltr}
.preview video{inline-size:100%;block-size:100%;object-fit:contain;display:block}
.preview .air{position:absolute;left:12px;top:12px;background:#c42d24;color:#fff;border-radius:99px;padding:3px 12px;font-size:13px;font-weight:650;direction:var(--dir,ltr)}
.preview .hint{position:absolute;inset:0;display:grid;place-content:center;color:#fff;text-align:center;padding:20px;direction:var(--dir,ltr);text-wrap:balance}
.state{margin-block-start:12px;min-block-size:3em;font-size:15px}
.state.bad{color:var(--warn,#f0a94a);font-weight:600}
.meter{position:relative;block-size:12px;border-radius:6px;background:var(--line,#24312e);overflow:hidden;direction:ltr;margin-block-start:4px}
.legend{font-size:13px;color:var(--ink-2,#9fb0ac);margin-block-start:10px}
.meter i{position:absolute;inset-block:0;left:0;inline-size:100%;background:linear-gradient(90deg,#0f9d6e 70%,#c98a04 88%,#d4342a);clip-path:inset(0 100% 0 0)}
form{display:grid;gap:14px}
label{display:grid;gap:4px;font-size:13px;color:var(--ink-2,#9fb0ac)}
select{min-block-size:44px;border:1px solid var(--line-strong,#667a75);border-radius:8px;background:var(--paper-2,#131c1a);color:var(--ink,#e9efed);font-size:15px;padding:0 10px;inline-size:100%}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:12px}
.actions{display:flex;gap:10px;flex-wrap:wrap}
.actions button{flex:1;white-space:nowrap}
button.stop{background:#c42d24;color:#fff;border-color:#0000;font-weight:650}
@media (max-width:860px){.desk{grid-template-columns:1fr;gap:12px}.preview{border-radius:0}.state,.legend,form{padding-inline:16px}.meter{margin-inline:16px}}
`)
