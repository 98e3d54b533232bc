import { sheet } from '../page/dom'

export const REPLAY = sheet(`
.bar .time{font-size:13px;white-space:nowrap;padding-inline:6px;color:#fff}
.bar .time.quiet{color:#fffb}
.bar .speed{background:#0000;color:#fff;border:0;min-block-size:44px;border-radius:8px;font-size:14px;padding-inline:4px;appearance:none;text-align:center;inline-size:52px;cursor:pointer}
.bar .speed:hover{background:#fff2}
.bar .speed option{background:#131c1a;color:#e9efed}
`)
