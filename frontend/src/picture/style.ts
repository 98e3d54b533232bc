import { sheet } from '../page/dom'

/** Shared by every island: tokens of the page with the dark ones as fallback, buttons, focus. */
export const BASE = sheet(`
:host{display:block;color:var(--ink,#e9efed);font:15px/1.5 var(--font,ui-sans-serif,system-ui,"Segoe UI","Noto Sans",sans-serif)}
:host([hidden]),[hidden]{display:none!important}
*,*::before,*::after{box-sizing:border-box}
.num{font-family:var(--num,ui-monospace,"Cascadia Mono","DejaVu Sans Mono",monospace);font-variant-numeric:tabular-nums}
button,select{font:inherit;color:inherit}
button{cursor:pointer;min-block-size:44px;border:1px solid var(--line-strong,#667a75);background:var(--paper-2,#131c1a);border-radius:8px;padding:6px 14px;display:inline-flex;align-items:center;justify-content:center;gap:8px}
button:hover{border-color:var(--ink-2,#9fb0ac)}
button[disabled]{opacity:.5;cursor:not-allowed}
button.primary{background:var(--accent,#2dd4bf);color:var(--accent-ink,#042420);border-color:transparent;font-weight:650}
button[aria-pressed=true]{border-color:var(--accent,#2dd4bf);color:var(--accent,#2dd4bf)}
:focus-visible{outline:2px solid var(--accent,#2dd4bf);outline-offset:2px}
.unseen{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (prefers-reduced-motion:reduce){*{transition:none!important;animation:none!important}}
`)

/** The picture with what may stand over it, and the controls over its lower edge. */
export const PICTURE = sheet(`
.frame{position:relative;background:#000;overflow:hidden;direction:ltr;container-type:inline-size;border-radius:14px;min-block-size:0}
.frame video,.frame canvas.still{position:absolute;inset:0;inline-size:100%;block-size:100%;object-fit:contain;display:block}
.frame video{transform:none}
.veil{position:absolute;inset:0;display:grid;place-content:center;justify-items:center;gap:14px;text-align:center;padding:16px 16px 72px;color:#fff;background:#000a;font-size:clamp(13px,2.4cqi,22px);text-wrap:balance;direction:var(--dir,ltr)}
.veil.solid{background:#000}
.veil .turn{inline-size:28px;block-size:28px;border-radius:50%;border:3px solid #fff4;border-block-start-color:#fff;animation:turn 1s linear infinite}
@keyframes turn{to{transform:rotate(1turn)}}
.notice{position:absolute;inset-block-start:12px;left:12px;max-inline-size:calc(100% - 24px);background:#000c;color:#fff;border-radius:8px;padding:6px 12px;font-size:14px;opacity:0;transition:opacity .15s;pointer-events:none;direction:var(--dir,ltr)}
.notice.on{opacity:1}
.bar{color:#fff;background:linear-gradient(#0000,#000c 60%);padding:36px 8px 6px;display:grid;grid-template-columns:minmax(0,1fr);gap:2px;align-self:end;direction:var(--dir,ltr);transition:opacity .15s;color-scheme:dark;position:relative;container-type:inline-size;z-index:3}
.frame>.bar{position:absolute;inset-inline:0;inset-block-end:0}
.bar.away{opacity:0;pointer-events:none}
.row{display:flex;align-items:center;gap:2px}
.bar button{background:#0000;border-color:#0000;color:#fff;min-inline-size:44px;padding:0 8px;border-radius:8px}
.bar button:hover,.bar button[aria-expanded=true]{background:#fff2}
.bar button[aria-pressed=true]{color:#2dd4bf;border-color:#0000}
.bar :focus-visible{outline-color:#2dd4bf}
.bar .live{white-space:nowrap;font-size:13px;font-weight:650;gap:6px;padding:0 10px}
.bar .live span{overflow:hidden;text-overflow:ellipsis}
.bar .live.on{flex:none}
.bar .live i{flex:none;inline-size:9px;block-size:9px;border-radius:50%;background:#9fb0ac}
.bar .live.on i{background:var(--live,#d4342a);box-shadow:0 0 0 2px #0006}
.bar .lat{font-size:13px;color:#fffd;white-space:nowrap;min-inline-size:0;overflow:hidden;text-overflow:ellipsis}
.bar .space{flex:1}
.bar .sound-on{white-space:nowrap;flex:0 20 auto;overflow:hidden;background:#fff;color:#111;font-weight:650;font-size:14px;padding:0 12px;min-block-size:36px;margin-block:4px}
.bar .sound-on:hover{background:#e9efed}
.bar input[type=range]{accent-color:#fff;inline-size:80px;block-size:44px;margin:0}
.menu{position:absolute;inset-inline-end:8px;inset-block-end:56px;background:#131c1af5;color:#e9efed;border:1px solid #2f3f3b;border-radius:10px;padding:8px 6px;inline-size:min(360px,calc(100% - 16px));box-shadow:0 8px 30px #0009;display:flex;flex-wrap:wrap;gap:4px;z-index:5;max-block-size:min(420px,70vh);overflow:auto}
.menu fieldset{border:0;margin:0;padding:0;min-inline-size:150px;flex:1}
.menu legend{font-size:13px;color:#9fb0ac;padding:4px 10px}
.menu label{display:flex;align-items:center;gap:10px;min-block-size:44px;padding:0 10px;border-radius:8px;cursor:pointer}
.menu label:hover{background:#fff1}
.menu input{accent-color:#2dd4bf;inline-size:18px;block-size:18px;margin:0}
.narrow{display:none!important}
@container (max-width:520px){.narrow{display:inline!important}.wide{display:none!important}.bar .lat{flex:none}.bar .sound-on .text{overflow:hidden;text-overflow:ellipsis}.bar .live{padding:0 4px;min-inline-size:44px}.bar .sound-on{font-size:13px;padding:0 8px;gap:4px}}
@container (max-width:372px){.bar .sound-on .text{display:none}}
`)
