import { sheet } from '../page/dom'

export const REPLAY = sheet(`
.bar .time{font-size:13px;white-space:nowrap;padding-inline:6px;color:#fff}
.bar .time.quiet{color:#fffb}
.bar .speed{background:#0000;color:#fff;border:0;min-block-size:44px;border-radius:8px;font-size:14px;padding-inline:4px;appearance:none;text-align:center;inline-size:52px;cursor:pointer}
.bar .speed:hover{background:#fff2}
.bar .speed option{background:#131c1a;color:#e9efed}
.downloads{display:flex;flex-wrap:wrap;gap:8px;margin-block-start:12px}
.downloads a{display:inline-flex;gap:8px;align-items:center;min-block-size:44px;padding:0 14px;border:1px solid var(--line,#24312e);border-radius:8px;color:inherit;text-decoration:none;font-size:14px}
.downloads a:hover{border-color:var(--ink-2,#9fb0ac)}
@media (max-width:860px){.downloads{padding-inline:12px}}
`)
